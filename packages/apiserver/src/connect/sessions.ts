import { badRequest, forbidden, methodNotSupported } from '@coxswain/api';
import type { PodExecOptions, PodPortForwardOptions } from '@coxswain/api/types/core-v1';
import { flagOf, isUpgrade, relayCommand, relayPorts } from '@coxswain/api/streaming';
import { decide } from '../chain/authorize.ts';
import type { Response } from '../chain/station.ts';
import { admit, mutate } from '../rest/admit.ts';
import { aboutOf } from '../rest/catalog.ts';
import type { ConnectCall } from './connect-call.ts';
import { chooseContainer } from './container-choice.ts';
import { kubeletUrl } from './kubelet-address.ts';
import { podOf } from './lookup.ts';
import { responseOf, streamRequestOf } from './stream-request.ts';

/** `pods/exec` and `pods/attach`. */
export async function command(call: ConnectCall): Promise<Response> {
  const { query, info } = call.request;
  const what = info.subresource as 'exec' | 'attach';
  const kind = what === 'exec' ? 'PodExecOptions' : 'PodAttachOptions';
  const { stdin, stdout, stderr, tty, container, command } = await admitted<PodExecOptions>(call, {
    ...{ kind, apiVersion: 'v1' },
    ...{ stdin: flagOf(query, 'stdin'), stdout: flagOf(query, 'stdout') },
    ...{ stderr: flagOf(query, 'stderr'), tty: flagOf(query, 'tty') },
    ...(query.get('container') && { container: query.get('container')! }),
    command: what === 'exec' ? query.getAll('command') : [],
  });
  const pod = podOf(call);
  const chosen = chooseContainer(pod, container);
  const url = kubeletUrl(call, pod);
  const options = {
    ...{ stdin: stdin === true, stdout: stdout === true },
    ...{ stderr: stderr === true, tty: tty === true },
  };
  needsUpgrade(call);
  const params = new URLSearchParams();
  if (options.stdin) params.append('input', '1');
  if (options.stdout) params.append('output', '1');
  if (options.stderr) params.append('error', '1');
  if (options.tty) params.append('tty', '1');
  for (const word of command ?? []) params.append('command', word);
  const target = `/${what}/${call.namespace}/${call.name}/${chosen}?${params}`;
  const wire = { ...call.wire, dial: call.wire.dialKubelet };
  const request = streamRequestOf(call.request);
  return responseOf(await relayCommand(request, { url, target }, options, wire));
}

/** `pods/portforward`. */
export async function portForward(call: ConnectCall): Promise<Response> {
  const { ports } = await admitted<PodPortForwardOptions>(call, {
    ...{ kind: 'PodPortForwardOptions', apiVersion: 'v1' },
    ports: portsOf(call.request.query),
  });
  const url = kubeletUrl(call, podOf(call));
  needsUpgrade(call);
  const named = ports && ports.length > 0 ? `?port=${encodeURIComponent(ports.join(','))}` : '';
  const target = `/portForward/${call.namespace}/${call.name}${named}`;
  const wire = { ...call.wire, dial: call.wire.dialKubelet };
  return responseOf(await relayPorts(streamRequestOf(call.request), { url, target }, wire));
}

function portsOf(query: URLSearchParams): readonly number[] {
  return query.getAll('ports').map((text) => {
    if (!/^[+-]?\d+$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  });
}

/** The options when all have had their say who may have one. */
async function admitted<T>(call: ConnectCall, options: T & { readonly kind: string }): Promise<T> {
  const { method, user, info, signal } = call.request;
  if (method !== 'GET' && method !== 'POST')
    throw methodNotSupported(aboutOf(call.served), info.verb);
  // Websockets come as GET: who may only read must not get into containers by that.
  if (info.verb !== 'create') {
    const create = { ...info, verb: 'create' };
    const { decision, reason } = await decide(call.engine.authorizers, user!, create, signal);
    if (decision !== 'allow')
      throw forbidden({ group: '', resource: info.resource, name: info.name }, reason);
  }
  return connectAdmission(call, options);
}

/** Lets the admission plugins see, and change, the options of a connection. */
export async function connectAdmission<T>(call: ConnectCall, options: T): Promise<T> {
  const object = { metadata: { name: '' }, ...options };
  const what = {
    operation: 'CONNECT' as const,
    ...{ dryRun: false, object, before: undefined, options: undefined },
  };
  const changed = await mutate(call, what);
  await admit(call, { ...what, object: changed });
  return changed as T;
}

function needsUpgrade({ request }: ConnectCall): void {
  if (!isUpgrade(request.headers)) throw badRequest('Upgrade request required');
}
