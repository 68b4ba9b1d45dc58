/**
 * What upstream's v1.36.2 server has from the start, against ours: bootstrap objects to the last rule, paths, checks of health,
 * metrics, authenticators and authorisers. The lists are what a running server of upstream's answered.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import type { ApiServer } from '@coxswain/apiserver';
import { passingPki } from '@coxswain/apiserver/certificates';
import { listen } from '@coxswain/apiserver/listen';
import { systemWorld } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { openApiServer } from './api-server.ts';
import { listenKeys } from './key-settings.ts';
import { serverSettings } from './server-settings.ts';

const facts = (name: string): readonly string[] =>
  readFileSync(new URL(`testing/upstream-${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

const end = new AbortController();
const stack = new AsyncDisposableStack();
const admin = { name: 'system:admin', groups: ['system:masters', 'system:authenticated'] };
let server: ApiServer;
/** The code of an administrator's request over TLS. */
let ask: (method: string, path: string, body?: string) => Promise<number>;

const get = async (path: string): Promise<any> =>
  server.handle({ method: 'GET', path, query: {}, user: admin, agent: 'test', signal: end.signal });

before(async () => {
  const world = systemWorld();
  const pki = passingPki({ names: [], nodes: [] }, world.clock.now());
  const settings = await serverSettings({});
  const storage = stack.use(openMemoryStorage(world));
  const { signal } = end;
  server = stack.use(
    await openApiServer({ world, storage, pki, settings, signal, kubeletAuthority: undefined }),
  );
  const listener = stack.use(
    await listen(server, {
      addresses: [{ host: '127.0.0.1', port: 0 }],
      ...listenKeys(pki, settings.keys),
    }),
  );
  const { certificate: cert, key } = pki.admin;
  const host = { host: '127.0.0.1', port: listener.addresses[0]!.port };
  ask = (method, path, body) =>
    new Promise((done, failed) => {
      const headers = {
        'content-type': 'application/json',
        ...(body && { 'content-length': Buffer.byteLength(body) }),
      };
      const call = request(
        { ...host, method, path, headers, cert, key, rejectUnauthorized: false, agent: false },
        (answer) => answer.resume().on('end', () => done(answer.statusCode!)),
      );
      call.on('error', failed);
      call.end(body);
    });
});
after(async () => {
  end.abort();
  await stack.disposeAsync();
});

/** JSON with its keys in order. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

interface Kept {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: object;
    readonly annotations?: object;
  };
}

/** What an object says, whoever made it and when. */
function digestOf(object: Kept): string {
  const {
    metadata,
    status: _,
    kind: __,
    apiVersion: ___,
    ...rest
  } = object as Kept & Record<string, unknown>;
  const { labels, annotations } = metadata;
  return createHash('sha256')
    .update(ordered({ labels, annotations, ...rest }))
    .digest('hex')
    .slice(0, 12);
}

const groups: Readonly<Record<string, string>> = {
  apiservices: 'apiregistration.k8s.io',
  clusterrolebindings: 'rbac.authorization.k8s.io',
  clusterroles: 'rbac.authorization.k8s.io',
  flowschemas: 'flowcontrol.apiserver.k8s.io',
  priorityclasses: 'scheduling.k8s.io',
  prioritylevelconfigurations: 'flowcontrol.apiserver.k8s.io',
  rolebindings: 'rbac.authorization.k8s.io',
  roles: 'rbac.authorization.k8s.io',
  servicecidrs: 'networking.k8s.io',
};

test('inventory: every object that upstream has from the start, to the last rule', async () => {
  const wanted = facts('objects.tsv');
  const resources = [...new Set(wanted.map((line) => line.split('\t')[0]!))];
  assert.equal(resources.length, 10);
  const found: string[] = [];
  for (const resource of resources) {
    const group = groups[resource];
    const path = group ? `/apis/${group}/v1/${resource}` : `/api/v1/${resource}`;
    let items: readonly Kept[] = [];
    // APIServices come a moment after the server.
    for (let tries = 0; tries < 200; tries++) {
      ({ items } = (await get(path)).object);
      if (items.length >= wanted.filter((line) => line.startsWith(`${resource}\t`)).length) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const item of items) {
      const { name, namespace } = item.metadata;
      found.push([resource, namespace ? `${namespace}/${name}` : name, digestOf(item)].join('\t'));
    }
  }
  assert.deepEqual(found.toSorted(), wanted.toSorted());
});

test("inventory: upstream's paths, each answered", async () => {
  const { paths } = (await get('/')).object;
  assert.deepEqual(paths, facts('paths.txt').toSorted());
  for (const path of paths as readonly string[]) {
    const { code } = await get(path);
    assert.equal(code, 200, path);
  }
});

test("inventory: upstream's checks of health, in upstream's order", async () => {
  const found: string[] = [];
  for (const kind of ['readyz', 'livez']) {
    const call = { method: 'GET', path: `/${kind}`, user: admin, agent: 'test' } as const;
    const { object } = await server.handle({ ...call, query: { verbose: '' }, signal: end.signal });
    for (const [, name] of String(object).matchAll(/^\[\+\](.*) ok$/gm))
      found.push(`${kind} ${name}`);
  }
  assert.deepEqual(found, facts('checks.txt'));
});

/** Why a family of upstream's metrics is not there. */
const absentMetrics: Readonly<Record<string, string>> = {
  "what Go's library of metrics tells of itself":
    'cardinality_enforcement_unexpected_categorizations_total disabled_metrics_total hidden_metrics_total registered_metrics_total',
  'an older form of what is there':
    'apiserver_admission_step_admission_duration_seconds_summary apiserver_flowcontrol_current_r',
  'servers do not ask each other about their APIs':
    'aggregator_discovery_aggregation_count_total aggregator_discovery_nopeer_requests_total aggregator_discovery_peer_aggregated_cache_hits_total aggregator_discovery_peer_aggregated_cache_misses_total',
  'one cache is always filled and answers every list: nothing is listed from the store, nothing estimated':
    'apiserver_cache_list_fetched_objects_total apiserver_cache_list_returned_objects_total apiserver_cache_list_total apiserver_init_events_total apiserver_resource_size_estimate_bytes apiserver_storage_consistency_checks_total apiserver_storage_events_received_total apiserver_storage_list_evaluated_objects_total apiserver_storage_list_fetched_objects_total apiserver_storage_list_returned_objects_total apiserver_storage_list_total apiserver_watch_cache_events_dispatched_total apiserver_watch_cache_events_received_total apiserver_watch_cache_initializations_total apiserver_watch_cache_read_wait_seconds etcd_bookmark_total etcd_lease_object_counts watch_cache_capacity',
  'what runs in this process calls the server without a client':
    'grpc_client_handled_total grpc_client_msg_received_total grpc_client_msg_sent_total grpc_client_started_total rest_client_exec_plugin_certificate_rotation_age rest_client_exec_plugin_ttl_seconds rest_client_request_duration_seconds rest_client_request_size_bytes rest_client_requests_total rest_client_response_size_bytes rest_client_transport_cache_entries rest_client_transport_cert_rotation_gc_calls_total rest_client_transport_create_calls_total',
  'tokens are checked each time; only good signatures are remembered':
    'authentication_token_cache_active_fetch_count authentication_token_cache_fetch_total authentication_token_cache_request_duration_seconds authentication_token_cache_request_total',
  'there is one validation, by hand':
    'apiserver_validation_declarative_validation_mismatch_total apiserver_validation_declarative_validation_panic_total apiserver_validation_duplicate_validation_error_total',
  "upstream's queues are sampled all the time; here their state is read at a scrape":
    'apiserver_current_inqueue_requests apiserver_flowcontrol_demand_seats apiserver_flowcontrol_priority_level_request_utilization apiserver_flowcontrol_priority_level_seat_utilization apiserver_flowcontrol_read_vs_write_current_requests apiserver_flowcontrol_seat_fair_frac apiserver_flowcontrol_target_seats apiserver_flowcontrol_watch_count_samples',
  'not counted yet':
    'apiextensions_apiserver_validation_ratcheting_seconds apiserver_cel_compilation_duration_seconds apiserver_cel_evaluation_duration_seconds apiserver_envelope_encryption_dek_cache_fill_percent apiserver_kube_aggregator_x509_insecure_sha1_total apiserver_kube_aggregator_x509_missing_san_total apiserver_nodeport_repair_reconcile_errors_total apiserver_request_filter_duration_seconds apiserver_request_timestamp_comparison_time apiserver_storage_data_key_generation_duration_seconds apiserver_storage_data_key_generation_failures_total apiserver_storage_envelope_transformation_cache_misses_total apiserver_tls_handshake_errors_total apiserver_watch_events_sizes apiserver_webhooks_x509_insecure_sha1_total apiserver_webhooks_x509_missing_san_total kube_apiserver_clusterip_allocator_allocated_ips kube_apiserver_clusterip_allocator_allocation_duration_seconds kube_apiserver_clusterip_allocator_allocation_total kube_apiserver_clusterip_allocator_available_ips kube_apiserver_nodeport_allocator_allocated_ports kube_apiserver_nodeport_allocator_available_ports pod_security_evaluations_total pod_security_exemptions_total process_network_receive_bytes_total process_network_transmit_bytes_total',
  'shown when the first write to the store fails': 'etcd_request_errors_total',
  'counted by controllers, of which a server alone has none':
    'workqueue_adds_total workqueue_depth workqueue_longest_running_processor_seconds workqueue_queue_duration_seconds workqueue_retries_total workqueue_unfinished_work_seconds workqueue_work_duration_seconds',
};

test("inventory: upstream's metrics, or why they are not there", async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  const object = JSON.stringify({ metadata: { name: 'counted' } });
  for (const [method, path, body] of [
    ['POST', maps, object],
    ['PUT', `${maps}/counted`, object],
    ['DELETE', `${maps}/counted`],
    ['GET', maps],
    ['GET', '/api/v1/namespaces?watch=true&timeoutSeconds=1&resourceVersion=0'],
    ['GET', '/api/v1/endpoints'],
    ['GET', '/metrics'],
  ] as const)
    assert.ok((await ask(method, path, body)) < 300, `${method} ${path}`);
  const found = new Set(
    [...String((await get('/metrics')).object).matchAll(/^# TYPE (\S+)/gm)].map(
      ([, name]) => name!,
    ),
  );
  const names = facts('metrics.txt');
  const reasons = Object.values(absentMetrics).flatMap((line) => line.split(' '));
  assert.deepEqual(
    names.filter((name) => !found.has(name) && !reasons.includes(name)),
    [],
  );
  assert.deepEqual(
    reasons.filter((name) => found.has(name) || !names.includes(name)),
    [],
  );
});
