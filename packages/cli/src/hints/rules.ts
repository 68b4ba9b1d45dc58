import type { Facts } from '@coxswain/base';
import type { HintName } from '../messages/en.ts';
import { conversionOf } from '../verbs/convert/conversions.ts';
import type { Line } from './line.ts';
import { nearest } from './nearest.ts';

/** What teaches something about a line: a sentence, and what it is told with. */
export type Hint = readonly [name: HintName, facts?: Facts];

type Rule = (line: Line) => Hint | undefined;

/** Verbs that people bring from elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  ...{ ps: 'get pods', start: 'scale --replicas=1', stop: 'scale --replicas=0', ssh: 'exec -it' },
  ...{ restart: 'rollout restart', rollback: 'rollout undo', 'rolling-update': 'rollout' },
  ...{
    shell: 'exec -it',
    update: 'apply',
    env: 'set env',
    image: 'set image',
    ctx: 'config use-context',
  },
  ...{
    ns: 'config set-context --current --namespace',
    login: 'config set-credentials',
    tail: 'logs -f',
  },
};

/** Labels and annotations stand in metadata, and in that of pod templates. */
const metadataOf = ({ metadata, ...rest }: any): readonly any[] => {
  const template = rest.spec?.template ?? rest.spec?.jobTemplate?.spec?.template;
  return [metadata ?? {}, ...(template?.metadata ? [template.metadata] : [])];
};

const evict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const keepNode = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
const masterKey = 'node-role.kubernetes.io/master';

/** A rule on what stands in the manifests, as JSON, in files that are none, or in the words of the line. */
const mentions =
  (pattern: RegExp, name: HintName): Rule =>
  ({ documents, texts, words }) =>
    [...(documents.length > 0 ? [JSON.stringify(documents)] : texts), ...words].some((text) =>
      pattern.test(text),
    )
      ? [name]
      : undefined;

/** A rule on what the line was answered, with what the pattern took out of it. */
const answered =
  (pattern: RegExp, name: HintName): Rule =>
  ({ told }) => {
    const { groups } = pattern.exec(told) ?? {};
    return pattern.test(told) ? [name, { ...groups }] : undefined;
  };

const singleDash: Rule = ({ isFailed, words, flags }) => {
  const word = isFailed
    ? words.find(
        (each) => /^-[a-z][a-z-]{2,}/.test(each) && flags.includes(each.slice(1).split('=')[0]!),
      )
    : undefined;
  return word
    ? ['single-dash', { given: word, flag: `-${word}`, short: word.slice(0, 2) }]
    : undefined;
};

const unknownFlag: Rule = ({ told, flags }) => {
  const [, given] = /unknown flag: --([\w-]+)/.exec(told) ?? [];
  const flag = given && nearest(given, flags);
  return flag ? ['flag', { flag: `--${flag}` }] : undefined;
};

const unknownVerb: Rule = ({ told }) => {
  const [, given = ''] = /unknown command "([^"]+)" for/.exec(told) ?? [];
  const verb = Object.hasOwn(elsewhere, given) ? elsewhere[given] : undefined;
  return verb && !told.includes('Did you mean') ? ['verb', { verb }] : undefined;
};

const removedVersion: Rule = ({ told }) => {
  for (const [, kind = '', version = ''] of told.matchAll(
    /no matches for kind "(\w+)" in version "([^"]+)"/g,
  )) {
    const found = conversionOf(version, kind);
    const facts = { kind, version, release: found?.removedIn ?? '', to: found?.to ?? '' };
    if (found?.to) return ['removed', facts];
    if (found) return ['removed-for-good', facts];
  }
  return undefined;
};

const evictLabel: Rule = ({ documents }) => {
  const places = documents.flatMap(metadataOf);
  if (places.some(({ labels }) => labels?.[evict] !== undefined))
    return ['annotation', { key: evict }];
  return places.some(({ annotations }) => /^true$/i.test(String(annotations?.[evict])))
    ? ['safe-to-evict']
    : undefined;
};

const keepNodeLabel: Rule = ({ documents, words }) =>
  documents.flatMap(metadataOf).some(({ labels }) => labels?.[keepNode] !== undefined) ||
  (words[0] === 'label' && words.some((word) => word.startsWith(keepNode)))
    ? ['annotation', { key: keepNode }]
    : undefined;

const nginx = /^nginx\.ingress\.kubernetes\.io\//;

const ingressNginx: Rule = ({ documents }) => {
  const keys = documents.flatMap(({ kind, metadata }) =>
    kind === 'Ingress' ? Object.keys(metadata?.annotations ?? {}) : [],
  );
  const key = keys.find((each) => nginx.test(each));
  return key ? ['ingress-nginx', { key }] : undefined;
};

const ingressClass: Rule = ({ documents }) => {
  const found = documents.find(
    ({ kind, metadata, ...rest }) =>
      kind === 'Ingress' &&
      !(rest['spec'] as { ingressClassName?: string } | undefined)?.ingressClassName &&
      !metadata?.annotations?.['kubernetes.io/ingress.class'],
  );
  return found && ['ingress-class', { name: found.metadata.name ?? '' }];
};

/** A quote that is opened and not closed on its line, in a file that could not be read. */
const openQuote: Rule = ({ told, texts }) => {
  if (!told.includes('error converting YAML to JSON')) return undefined;
  const isOpen = (line: string): boolean =>
    (line.replace(/(^|\s)#.*$/, '').match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
  const at = texts.map((text) => text.split('\n').findIndex(isOpen)).find((each) => each >= 0);
  return at === undefined ? undefined : ['open-quote', { line: at + 1 }];
};

/** Autoscalers name what they scale by its version, which may be gone as well. */
const targetVersion: Rule = ({ documents }) => {
  const targets = documents.map(({ spec }: any) => spec?.scaleTargetRef ?? spec?.targetRef);
  const old = targets.find((target) => conversionOf(target?.apiVersion, target?.kind)?.to);
  if (!old) return undefined;
  const { to = '' } = conversionOf(old.apiVersion, old.kind)!;
  return ['target-version', { version: old.apiVersion, kind: old.kind, to }];
};

/** In order of importance: the first that has something to say is told. */
export const rules: readonly Rule[] = [
  singleDash,
  unknownFlag,
  unknownVerb,
  removedVersion,
  openQuote,
  mentions(/nodeAntiAffinity/, 'node-anti-affinity'),
  answered(/"?Exist"?: supported values|value: "Exist"/, 'exist'),
  answered(/updateMode: Unsupported value: "Manual"/, 'update-mode'),
  answered(/connection to the server localhost:8080 was refused/, 'no-cluster'),
  answered(/^No resources found in (?<namespace>\S+) namespace/m, 'other-namespaces'),
  mentions(/\bairflow\.image\.(repository|tag|pullPolicy)\b/, 'airflow-image'),
  answered(/unknown command "helm" for/, 'helm'),
  mentions(
    /\boperators\.kubernetes_pod\b|KubernetesPodOperator\([^)]*\bresources=/,
    'pod-operator',
  ),
  mentions(/\/run\/docker\.sock|\/var\/lib\/docker\b/, 'docker'),
  answered(/services "(?<release>\S*airflow)-webserver" not found/, 'airflow'),
  targetVersion,
  evictLabel,
  keepNodeLabel,
  mentions(new RegExp(`${masterKey}\\b`), 'master'),
  mentions(/\bk8s\.gcr\.io\//, 'old-registry'),
  ingressNginx,
  ({ isFailed, ...line }) => (isFailed ? undefined : ingressClass({ isFailed, ...line })),
];

/** What the rules have to say of a line. */
export function hintOf(line: Line): Hint | undefined {
  for (const rule of rules) {
    const hint = rule(line);
    if (hint) return hint;
  }
  return undefined;
}
