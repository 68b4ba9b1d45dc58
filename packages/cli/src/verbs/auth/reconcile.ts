import { isDeepStrictEqual } from 'node:util';
import { ApiError, groupVersion, hasReason, Namespaces } from '@coxswain/api';
import type { LabelSelector } from '@coxswain/api/types/meta';
import type { PolicyRule, RoleRef, Subject } from '@coxswain/api/types/rbac-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool } from '../../command/flags.ts';
import { fileFlags } from '../../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, operationText } from '../../command/write-flags.ts';
import { namesFiles } from '../../objects/files.ts';
import { fetchedIfThere } from '../../objects/fetched.ts';
import { eachObject, find } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { create, remove, update } from '../../objects/write.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { accepts } from '../../session/media.ts';
import type { Discovered } from '../../session/discovery.ts';
import type { Session } from '../../session/session.ts';
import { note } from '../../session/trace.ts';
import { uncovered } from './rule-cover.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that holds roles and bindings'),
  'dry-run': dryRunFlag,
  'remove-extra-permissions': bool(false, 'Take rules away that the files do not have'),
  'remove-extra-subjects': bool(false, 'Take subjects away that the files do not have'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  if (!namesFiles(given)) throw new Error('must specify one of -f and -k');
  if (args.length > 0) throw new Error('no arguments are allowed');
  const dryRun = dryRunOf(given['dry-run']);
  if (dryRun === 'server')
    throw new Error('--dry-run=server for command reconcile is not supported yet');
  return { ...given, isDryRun: dryRun === 'client' };
}

/** `kubectl auth reconcile`. */
export const reconcile: Command = command({
  name: 'reconcile',
  usage: 'reconcile -f FILENAME',
  summary: 'Bring roles and bindings to what files say, without taking away more than asked',
  examples: `  auth reconcile -f rbac.yaml --dry-run=client
  auth reconcile -f rbac.yaml --remove-extra-subjects --remove-extra-permissions`,
  flags,
  complete,
  run,
});

/** A role or binding, of a namespace or of the cluster. */
interface Rbac extends Unstructured {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
  readonly roleRef?: RoleRef;
  readonly subjects?: readonly Subject[];
}

/** What brings an object to what the file says. */
interface Plan {
  readonly object: Rbac;
  readonly operation: 'none' | 'create' | 'update' | 'recreate';
  readonly isProtected?: boolean;
  readonly missing: readonly object[];
  readonly extra: readonly object[];
}

const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';

async function run(options: Options, session: Session): Promise<void> {
  const print = resultPrinter(
    options,
    operationText('reconciled', options.isDryRun ? 'client' : 'none'),
    'struct',
  );
  await eachObject(
    await find(session, { files: options, accept: accepts.builtIn }),
    async (info) => {
      const { group, version, kind } = info.resource;
      if (group !== 'rbac.authorization.k8s.io')
        return note(session, 1, 'reconcile.go:306', skipped(info.resource));
      if (version !== 'v1')
        throw new Error(`only rbac.authorization.k8s.io/v1 is supported: not *${version}.${kind}`);
      const { plan, object } = await reconciled(options, session, info);
      session.io.out(print(object));
      session.io.err(reportOf(options, kind, plan));
    },
  );
}

const skipped = ({ group, version, kind }: Discovered): string =>
  `skipping &v1.TypeMeta{Kind:${JSON.stringify(kind)}, APIVersion:${JSON.stringify(groupVersion({ group, version }))}}`;

/** Times that a change is planned anew because somebody else was first. */
const attemptsMax = 3;

async function reconciled(
  options: Options,
  session: Session,
  info: Info,
): Promise<{ readonly plan: Plan; readonly object: Unstructured }> {
  const wanted = typed(info.object!) as Rbac;
  for (let attempt = 0; ; attempt++) {
    const found = await fetchedIfThere(session, info);
    const present = found && (typed(found.object!) as Rbac);
    const plan = present ? planOf(options, present, wanted) : newPlan(wanted);
    if (plan.isProtected || options.isDryRun) return { plan, object: plan.object };
    try {
      return { plan, object: typed(await carriedOut(session, info, plan, present)) };
    } catch (error) {
      const isRace = hasReason(error, 'AlreadyExists', 'NotFound', 'Conflict');
      if (!isRace || attempt >= attemptsMax) throw error;
    }
  }
}

const newPlan = (object: Rbac): Plan => ({
  ...{ object, operation: 'create', missing: object.subjects ?? object.rules ?? [], extra: [] },
});

function planOf(options: Options, present: Rbac, wanted: Rbac): Plan {
  const isProtected = present.metadata.annotations?.[autoUpdate] === 'false';
  if (!isDeepStrictEqual(wanted.roleRef, present.roleRef))
    return { object: wanted, operation: 'recreate', isProtected, missing: [], extra: [] };
  const metadata = {
    ...present.metadata,
    ...joined('annotations', wanted, present),
    ...joined('labels', wanted, present),
  };
  const content = wanted.roleRef
    ? subjectsPlan(options, present, wanted)
    : rulesPlan(options, present, wanted);
  const object = typed({ ...present, metadata, ...content.fields }) as Rbac;
  const operation = isDeepStrictEqual(object, present) ? 'none' : 'update';
  return { object, operation, isProtected, missing: content.missing, extra: content.extra };
}

const joined = (field: 'annotations' | 'labels', wanted: Rbac, present: Rbac): object => {
  const all = { ...wanted.metadata[field], ...present.metadata[field] };
  return Object.keys(all).length > 0 ? { [field]: all } : {};
};

interface Content {
  readonly fields: object;
  readonly missing: readonly object[];
  readonly extra: readonly object[];
}

const lacking = <T>(all: readonly T[], among: readonly T[]): readonly T[] =>
  all.filter((one) => !among.some((other) => isDeepStrictEqual(one, other)));

function subjectsPlan(options: Options, present: Rbac, wanted: Rbac): Content {
  const [is, should] = [present.subjects ?? [], wanted.subjects ?? []];
  const [missing, extra] = [lacking(should, is), lacking(is, should)];
  const removes = options['remove-extra-subjects'];
  const isMoved = missing.length > 0 || (removes && extra.length > 0);
  const subjects = !isMoved ? is : removes ? should : [...is, ...missing];
  return { fields: { subjects }, missing, extra };
}

function rulesPlan(options: Options, present: Rbac, wanted: Rbac): Content {
  const [is, should] = [present.rules ?? [], wanted.rules ?? []];
  const removes = options['remove-extra-permissions'];
  const bothAggregate = Boolean(present.aggregationRule && wanted.aggregationRule);
  const extra = bothAggregate ? [] : uncovered(should, is);
  const missing = uncovered(is, should);
  const isMoved = missing.length > 0 || (removes && extra.length > 0);
  const rules = !isMoved ? present.rules : removes ? should : [...is, ...missing];
  return {
    fields: { rules, aggregationRule: aggregation(present, wanted, removes) },
    missing,
    extra,
  };
}

function aggregation(present: Rbac, wanted: Rbac, removes: boolean): Rbac['aggregationRule'] {
  if (!wanted.aggregationRule) return undefined;
  const is = present.aggregationRule?.clusterRoleSelectors ?? [];
  const should = wanted.aggregationRule.clusterRoleSelectors ?? [];
  const missing = lacking(should, is);
  if (missing.length === 0 && !(removes && lacking(is, should).length > 0))
    return present.aggregationRule;
  return removes ? wanted.aggregationRule : { clusterRoleSelectors: [...is, ...missing] };
}

async function carriedOut(
  session: Session,
  info: Info,
  { object, operation }: Plan,
  present: Rbac | undefined,
): Promise<Unstructured> {
  if (operation === 'none') return object;
  const options = { dryRun: 'none' } as const;
  if (operation === 'update') return (await update(session, { ...info, object }, options)).object!;
  if (operation === 'recreate' && present)
    await remove(session, info, {}, options).catch((error: unknown) => {
      if (!hasReason(error, 'NotFound')) throw error;
    });
  if (operation === 'create' && info.namespace) await ensureNamespace(session, info.namespace);
  return (await create(session, { ...info, object }, options)).object!;
}

/** Makes the namespace where it is missing and may be made. */
async function ensureNamespace(session: Session, name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await session
    .rest()
    .json({ method: 'GET', path: pathOf(Namespaces, { name }) })
    .catch(async (error: unknown) => {
      if (!hasReason(error, 'NotFound')) return;
      await session
        .rest()
        .json({ method: 'POST', path: pathOf(Namespaces, {}), body })
        .catch((refused: unknown) => {
          if (!(refused instanceof ApiError)) throw refused;
        });
    });
}

/** What was done, in kubectl's indented lines. */
function reportOf(options: Options, kind: string, plan: Plan): string {
  const { operation, isProtected, missing, extra } = plan;
  if (operation === 'none') return '';
  const caveat = isProtected ? `, but object opted out (${autoUpdate}: false)` : '';
  const isBinding = kind.endsWith('Binding');
  const what = isBinding ? 'subjects' : 'rules';
  const textOf = isBinding ? subjectText : ruleText;
  const removes = options[isBinding ? 'remove-extra-subjects' : 'remove-extra-permissions'];
  const section = (title: string, items: readonly object[]): string =>
    items.length === 0
      ? ''
      : `\t${title}:\n${items.map((item) => `\t\t${textOf(item as never)}\n`).join('')}`;
  return [
    `\treconciliation required ${operation}${caveat}\n`,
    section(`missing ${what} added`, missing),
    removes ? section(`extra ${what} removed`, extra) : '',
  ].join('');
}

const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: Subject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;

const ruleText = (rule: PolicyRule): string => {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const text = (words: readonly string[]): string => `[${words.join(' ')}]`;
  return `{Verbs:${text(verbs)} APIGroups:${text(apiGroups)} Resources:${text(resources)} ResourceNames:${text(resourceNames)} NonResourceURLs:${text(nonResourceURLs)}}`;
};
