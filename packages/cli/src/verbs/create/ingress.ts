import { Ingresses } from '@coxswain/api';
import type { Command } from '../../command/command.ts';
import { text, texts } from '../../command/flags.ts';
import { generatorCommand } from './generator.ts';
import { portOrName } from './service.ts';

const ruleForm = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+/;

/** `kubectl create ingress`. */
export const ingress: Command = generatorCommand({
  name: 'ingress',
  aliases: ['ing'],
  usage: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  summary: 'Create an ingress: which service answers for which host and path',
  details: 'A path that ends with * means all below it, any other only itself.',
  examples: `  create ingress web --class=coxswain --rule="shop.example.com/*=web:80"
  create ingress web --rule="shop.example.com/api*=api:8080,tls=shop-cert"
  create ingress any --default-backend=web:80`,
  flags: {
    annotation: texts('Annotation of the ingress, as KEY=VALUE'),
    class: text('', 'Ingress class that serves it'),
    'default-backend': text('', 'Service for all else, as NAME:PORT'),
    rule: texts('Rule as HOST/PATH=SERVICE:PORT[,tls[=SECRET]]'),
  },
  resource: Ingresses,
  failure: 'failed to create ingress: ',
  check({ flags }) {
    const fallback = flags['default-backend'];
    if (!fallback && flags.rule.length === 0)
      throw new Error(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const wrong = flags.rule.find((rule) => !ruleForm.test(rule));
    if (wrong !== undefined)
      throw new Error(
        `rule ${wrong} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      );
    const bare = flags.annotation.find((pair) => !pair.includes('='));
    if (bare !== undefined)
      throw new Error(`annotation ${bare} is invalid and should be in format key=[value]`);
    if (fallback && fallback.split(':').length !== 2)
      throw new Error('default-backend should be in format servicename:serviceport');
  },
  draft: ({ name, flags }) => ({
    metadata: { name, annotations: Object.fromEntries(flags.annotation.map(pairOf)) },
    spec: {
      ...(flags.class && { ingressClassName: flags.class }),
      ...(flags['default-backend'] && { defaultBackend: backendOf(flags['default-backend']) }),
      tls: tlsOf(flags.rule),
      rules: rulesOf(flags.rule),
    },
  }),
});

const pairOf = (pair: string): readonly [string, string] => {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), pair.slice(equals + 1)];
};

function backendOf(service: string): object {
  const [name = '', port = ''] = service.split(':');
  const read = portOrName(port);
  return { service: { name, port: typeof read === 'number' ? { number: read } : { name: read } } };
}

const hostOf = (rule: string): string => rule.split('/', 1)[0]!;

function pathOf(rule: string): object {
  const [path = '', service = ''] = rule.slice(rule.indexOf('/') + 1).split('=');
  const isPrefix = path === '' ? false : path.endsWith('*');
  return {
    path: `/${isPrefix ? path.slice(0, -1) : path}`,
    pathType: isPrefix ? 'Prefix' : 'Exact',
    backend: backendOf(service),
  };
}

/** One rule a host, with all its paths. */
function rulesOf(rules: readonly string[]): readonly object[] {
  const byHost = Map.groupBy(
    rules.map((rule) => rule.split(',')[0]!),
    hostOf,
  );
  return [...byHost].map(([host, of]) => ({ host, http: { paths: of.map(pathOf) } }));
}

/** One entry a secret, with all its hosts; each host counts once. */
function tlsOf(rules: readonly string[]): readonly object[] {
  const entries: { hosts: string[]; secretName: string }[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    const [, tls, more] = rule.split(',');
    const host = hostOf(rule);
    if (tls === undefined || more !== undefined || seen.has(host)) continue;
    seen.add(host);
    const secretName = tls.split('=')[1] ?? '';
    const same = entries.find((entry) => entry.secretName === secretName);
    if (same) same.hosts.push(host);
    else if (host || secretName) entries.push({ hosts: host ? [host] : [], secretName });
  }
  return entries;
}
