/** Every controller of upstream's v1.36 kube-controller-manager runs here, or is named with the reason why not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllers } from './index.ts';

/** Upstream's canonical names without `-controller`: those on by default. */
const upstream =
  'serviceaccount-token endpoints endpointslice endpointslice-mirroring replicationcontroller pod-garbage-collector resourcequota namespace serviceaccount garbage-collector daemonset job deployment replicaset horizontal-pod-autoscaler disruption statefulset cronjob certificatesigningrequest-signing certificatesigningrequest-approving certificatesigningrequest-cleaner ttl node-ipam node-lifecycle taint-eviction device-taint-eviction persistentvolume-binder persistentvolume-attach-detach persistentvolume-expander clusterrole-aggregation persistentvolumeclaim-protection persistentvolume-protection volumeattributesclass-protection ttl-after-finished root-ca-certificate-publisher ephemeral-volume resourceclaim legacy-serviceaccount-token-cleaner validatingadmissionpolicy-status service-cidr';

/** Why a controller of upstream's is not there. */
const absent: Readonly<Record<string, string>> = {
  'certificatesigningrequest-approving': 'part of the signing controller',
  'horizontal-pod-autoscaler': 'nothing is measured yet',
  'persistentvolume-attach-detach': 'no driver attaches volumes',
  'persistentvolume-expander': 'no volume in the tree can grow; drivers bring their own',
  'validatingadmissionpolicy-status': 'being built',
};

/** Ours that upstream has elsewhere, or as a part of another. */
const own: Readonly<Record<string, string>> = {
  'ipallocator-repair': "upstream's API server does it",
  'ipallocator-repair-controller-addresses': "upstream's API server does it",
  'kubernetes-service': "upstream's API server keeps it",
  'node-eviction': 'a part of node-lifecycle: the zones',
  'resourceclaim-consumers': 'a part of resourceclaim: the claims',
  'persistentvolume-phase': 'a part of persistentvolume-binder: the volumes',
};

const running = controllers({
  rootCa: 'PEM',
  clusterCidr: '10.244.0.0/16',
  kubernetesService: { serviceIp: '10.96.0.1', address: '10.0.0.1', port: 6443 },
  signAccountToken: () => assert.fail(),
  authority: { read: () => assert.fail(), sign: () => assert.fail() } as never,
}).map(({ name }) => name.replace(/-controller$/, ''));

test('controllers: each once', () => assert.equal(new Set(running).size, running.length));

test("controllers: upstream's run, or say why not", () => {
  const names = upstream.split(' ');
  assert.equal(names.length, 40);
  const missing = names.filter((name) => !running.includes(name));
  assert.deepEqual(
    missing.filter((name) => !absent[name]),
    [],
  );
  assert.deepEqual(
    running.filter((name) => absent[name]),
    [],
  );
  assert.deepEqual(
    running.filter((name) => !names.includes(name) && !own[name]),
    [],
  );
});
