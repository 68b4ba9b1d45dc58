import { dns1123SubdomainErrors, portNameErrors, portNumberErrors, Services } from '@coxswain/api';
import { type Command, entryOf } from '../../command/command.ts';
import { type Flags, int, list, text } from '../../command/flags.ts';
import { generatorCommand } from './generator.ts';

const tcp = list('Ports as PORT:TARGETPORT, or one number for both');

interface ServiceForm {
  readonly name: string;
  readonly type: string;
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  readonly more: Flags;
}

const forms: readonly ServiceForm[] = [
  {
    name: 'clusterip',
    type: 'ClusterIP',
    usage: '[--tcp=<port>:<targetPort>]',
    summary: 'Create a service inside the cluster',
    example: '--tcp=80:8080',
    more: { clusterip: text('', "Address of the service; 'None' for a headless one") },
  },
  {
    name: 'nodeport',
    type: 'NodePort',
    usage: '[--tcp=port:targetPort]',
    summary: 'Create a service on a port of every node',
    example: '--tcp=80:8080 --node-port=30080',
    more: { 'node-port': int(0, 'The port on the nodes') },
  },
  {
    name: 'loadbalancer',
    type: 'LoadBalancer',
    usage: '[--tcp=port:targetPort]',
    summary: 'Create a service behind a load balancer',
    example: '--tcp=80:8080',
    more: {},
  },
  {
    name: 'externalname',
    type: 'ExternalName',
    usage: '--external-name external.name',
    summary: 'Create a service that is a name elsewhere',
    example: '--external-name=db.example.com',
    more: { 'external-name': text('', 'The name elsewhere', { isRequired: true }) },
  },
];

/** A number or a name of a port: `80`, `http`. */
export const portOrName = (word: string): number | string =>
  /^[+-]?\d+$/.test(word) ? Number(word) : word;

/** Reads a port number in the words of Go's parser. */
function portOf(word: string): number {
  if (!/^\d+$/.test(word))
    throw new Error(`strconv.ParseUint: parsing ${JSON.stringify(word)}: invalid syntax`);
  if (Number(word) > 65_535)
    throw new Error(`strconv.ParseUint: parsing ${JSON.stringify(word)}: value out of range`);
  return Number(word);
}

function servicePort(pair: string, nodePort: number): object {
  const [from = '', to] = pair.split(':');
  const port = portOf(from);
  const target = to === undefined ? port : portOrName(to);
  const errors =
    to === undefined
      ? []
      : typeof target === 'number'
        ? portNumberErrors(target)
        : portNameErrors(target);
  if (errors.length > 0) throw new Error(errors.join(','));
  return {
    ...{ name: pair.replaceAll(':', '-'), port, targetPort: target, protocol: 'TCP' },
    ...(nodePort !== 0 && { nodePort }),
  };
}

const commands: readonly Command[] = forms.map(({ name: form, type, usage, ...rest }) =>
  generatorCommand<Flags>({
    name: form,
    usage: `${form} NAME ${usage} [--dry-run=server|client|none]`,
    summary: rest.summary,
    examples: `  create service ${form} web ${rest.example}`,
    flags: { ...rest.more, tcp },
    resource: Services,
    failure: `failed to create ${type} service: `,
    check({ flags }) {
      const given = flags as Given;
      if (given.clusterip !== 'None' && given.tcp.length === 0 && type !== 'ExternalName')
        throw new Error('at least one tcp port specifier must be provided');
      const external = given['external-name'];
      if (external !== undefined && dns1123SubdomainErrors(external).length > 0)
        throw new Error(`invalid service external name ${external}`);
    },
    draft({ name, flags }) {
      const given = flags as Given;
      return {
        metadata: { name, labels: { app: name } },
        spec: {
          type,
          selector: { app: name },
          ports: given.tcp.map((pair) => servicePort(pair, given['node-port'] ?? 0)),
          externalName: given['external-name'] ?? '',
          clusterIP: given.clusterip ?? '',
        },
      };
    },
  }),
);

interface Given {
  readonly tcp: readonly string[];
  readonly clusterip?: string;
  readonly 'node-port'?: number;
  readonly 'external-name'?: string;
}

/** `kubectl create service`. */
export const service: Command = {
  name: 'service',
  aliases: ['svc'],
  usage: 'service [flags]',
  summary: 'Create a service of one of the four types',
  flags: {},
  commands: commands.map(entryOf),
};
