import { Services } from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { text } from '../command/flags.ts';
import { labelPairs } from '../command/pairs.ts';
import { fileFlags } from '../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, fieldManagerFlag, saveConfigFlag } from '../command/write-flags.ts';
import { eachObject, find } from '../objects/find.ts';
import type { Info } from '../objects/info.ts';
import { printFlags } from '../printers/formats.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { type Draft, printed, written } from './create/generator.ts';
import { overridden, overrideFlags } from './create/overrides.ts';
import { portOrName } from './create/service.ts';
import type { Expression } from './create/simple.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to expose'),
  ...overrideFlags,
  'cluster-ip': text('', "Address of the service; 'None' for a headless one"),
  'dry-run': dryRunFlag,
  'external-ip': text('', 'Address beside its own that nodes take for it'),
  'field-manager': fieldManagerFlag('kubectl-expose'),
  labels: text('', 'Labels of the service; those of what is exposed when not given', {
    short: 'l',
  }),
  'load-balancer-ip': text('', 'Address that the load balancer should have'),
  name: text('', 'Name of the service; that of what is exposed when not given'),
  port: text('', 'Port of the service; the ports of what is exposed when not given'),
  protocol: text('', 'Protocol of the service: TCP, UDP or SCTP'),
  'save-config': saveConfigFlag,
  selector: text('', 'Labels of the pods; taken from what is exposed when not given'),
  'session-affinity': text('', 'Whether a client stays with a pod: None or ClientIP'),
  'target-port': text('', 'Port of the pods, by number or name'),
  type: text('', 'ClusterIP, NodePort, LoadBalancer or ExternalName'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  dryRunOf(given['dry-run']);
  return { ...given, args };
}

/** `kubectl expose`. */
export const expose: Command = command({
  name: 'expose',
  usage:
    'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  summary: 'Create a service for a pod, service, deployment or the like',
  examples: `  expose deploy web --port=80 --target-port=8080
  expose pod db --port=5432 --name=database
  expose deploy web --type=NodePort`,
  flags,
  complete,
  run,
});

const exposable = new Set([
  ...['ReplicationController', 'Service', 'Pod'],
  ...['Deployment.apps', 'ReplicaSet.apps'],
]);

async function run(options: Options, session: Session): Promise<void> {
  const found = await find(session, {
    ...{ args: options.args, files: options, accept: accepts.builtIn },
  });
  // What the first object lends is kept for the others, as kubectl does.
  const lent: Lent = {};
  await eachObject(found, async (info) => {
    const draft = serviceOf(options, info, lent);
    const made = await written(session, Services, draft, options, {
      isSparse: true,
      change: (object) => overridden(object, options),
    });
    session.io.out(printed(made, options, 'exposed'));
  });
}

interface Lent {
  selector?: string;
  labels?: string;
  ports?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

const nameMax = 63;

interface Container {
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
}

interface Exposed {
  readonly metadata: { readonly labels?: Labels };
  readonly spec: {
    readonly selector?: Labels & {
      readonly matchLabels?: Labels;
      readonly matchExpressions?: readonly Expression[];
    };
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
    readonly containers?: readonly Container[];
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

const textOf = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The labels that an object finds its pods by. */
function selectorOf({ resource, object }: Info): string {
  const { metadata, spec } = object as unknown as Exposed;
  const { kind } = resource;
  if (kind === 'ReplicationController') return textOf(spec.selector ?? {});
  if (kind === 'Pod') {
    if (!metadata.labels || Object.keys(metadata.labels).length === 0)
      throw new Error('the pod has no labels and cannot be exposed');
    return textOf(metadata.labels);
  }
  if (kind === 'Service') {
    if (!spec.selector) throw new Error('the service has no pod selector set');
    return textOf(spec.selector);
  }
  const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {};
  if (Object.keys(matchLabels).length === 0)
    throw new Error(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  if (matchExpressions.length > 0)
    throw new Error(
      `couldn't convert expressions - "${expressionsText(matchExpressions)}" to map-based selector format`,
    );
  return textOf(matchLabels);
}

/** Ports in their order, each with its protocols. */
function portsOf({ object }: Info): ReadonlyMap<string, readonly string[]> {
  const { spec } = object as unknown as Exposed;
  const containers = spec.template?.spec.containers ?? spec.containers ?? [];
  const pairs = spec.ports
    ? spec.ports.map(({ port, protocol }) => ({ port, protocol }))
    : containers.flatMap(({ ports = [] }) =>
        ports.map(({ containerPort, protocol }) => ({ port: containerPort, protocol })),
      );
  const found = new Map<string, string[]>();
  for (const { port, protocol = 'TCP' } of pairs)
    found.set(String(port), [...(found.get(String(port)) ?? []), protocol]);
  return found;
}

function serviceOf(options: Options, info: Info, lent: Lent): Draft {
  const { group, kind } = info.resource;
  const groupKind = group ? `${kind}.${group}` : kind;
  if (!exposable.has(groupKind)) throw new Error(`cannot expose a ${groupKind}`);
  const name = options.name || info.name.slice(0, nameMax);
  const selector = options.selector || (lent.selector ??= introspected(info));
  const found = portsOf(info);
  const isHeadless = options['cluster-ip'] === 'None';
  if (options.port) lent.ports = options.port.split(',');
  if (!lent.ports?.length) {
    if (found.size === 0 && !isHeadless)
      throw new Error("couldn't find port via --port flag or introspection");
    lent.ports = [...found.keys()];
  }
  const own = info.object!.metadata.labels ?? {};
  const labels = options.labels || (lent.labels ||= textOf(own));
  const ports = servicePorts(options, lent.ports, found);
  return {
    metadata: { name, labels: labels ? labelPairs(labels) : {} },
    spec: {
      selector: checkedSelector(selector),
      ports,
      ...(options['external-ip'] && { externalIPs: [options['external-ip']] }),
      ...(options.type && { type: options.type }),
      ...(options.type === 'LoadBalancer' && { loadBalancerIP: options['load-balancer-ip'] }),
      ...affinity(options['session-affinity']),
      ...(options['cluster-ip'] && { clusterIP: options['cluster-ip'] }),
    },
  };
}

/** Expressions as Go prints them with their fields. */
const expressionsText = (expressions: readonly Expression[]): string =>
  `[${expressions.map(({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`).join(' ')}]`;

function introspected(info: Info): string {
  try {
    return selectorOf(info);
  } catch (cause) {
    throw new Error(
      `couldn't retrieve selectors via --selector flag or introspection: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function checkedSelector(selector: string): Labels {
  if (!selector) throw new Error('selector must be specified');
  return labelPairs(selector);
}

function affinity(given: string): object {
  if (given !== '' && given !== 'None' && given !== 'ClientIP')
    throw new Error(`unknown session affinity: ${given}`);
  return given ? { sessionAffinity: given } : {};
}

/** A port that a number of protocols share is one port of the service for each. */
function servicePorts(
  { protocol, 'target-port': target }: Pick<Options, 'protocol' | 'target-port'>,
  ports: readonly string[],
  found: ReadonlyMap<string, readonly string[]>,
): readonly object[] {
  return ports.flatMap((word, at) => {
    if (!/^[+-]?\d+$/.test(word))
      throw new Error(`strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`);
    const port = Number(word);
    const targetPort = target ? portOrName(target) : port;
    const name = ports.length > 1 ? `port-${at + 1}` : '';
    const protocols = protocol ? [protocol] : (found.get(word) ?? ['TCP']);
    return protocols.map((each) => ({
      ...(protocols.length > 1
        ? { name: `port-${at + 1}-${each.toLowerCase()}` }
        : name && { name }),
      ...{ port, protocol: each, targetPort },
    }));
  });
}

/** The service beside a pod that `run --expose` makes. */
export const serviceBeside = (
  name: string,
  { labels, port }: { readonly labels: string; readonly port: string },
): Draft => ({
  metadata: { name, ...(labels && { labels: labelPairs(labels) }) },
  spec: {
    selector: labelPairs(labels || `run=${name}`),
    ports: servicePorts({ protocol: '', 'target-port': '' }, port.split(','), new Map()),
  },
});
