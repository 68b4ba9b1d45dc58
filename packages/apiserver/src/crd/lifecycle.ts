import { formatTime } from '@coxswain/api';
import type {
  CustomResourceDefinitionNames as Names,
  CustomResourceDefinitionStatus,
} from '@coxswain/api/types/apiextensions-v1';
import { isSame } from '../rest/equal.ts';
import {
  approvalOf,
  cleanupFinalizer,
  type Condition,
  conditionOf,
  type Definition,
  isProtectedGroup,
  isTrue,
} from './definition.ts';
import { structuralBreach } from './schema/structural.ts';

type Status = CustomResourceDefinitionStatus;
type News = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** The status with a condition set; the same where it says so already. */
export function withCondition(status: Status, news: News, nowMs: number): Status {
  const conditions = status.conditions ?? [];
  const old = conditions.find(({ type }) => type === news.type);
  const time = formatTime(nowMs);
  if (!old)
    return {
      ...status,
      conditions: [...conditions, { ...ordered(news), lastTransitionTime: time }],
    };
  if (old.status === news.status && old.reason === news.reason && old.message === news.message)
    return status;
  const next = {
    ...ordered(news),
    lastTransitionTime: old.status === news.status ? old.lastTransitionTime : time,
  };
  return { ...status, conditions: conditions.map((each) => (each === old ? next : each)) };
}

const ordered = ({ type, status, reason, message }: News): News => ({
  type,
  status,
  reason,
  message,
});

/** The names that others of the group hold, and which of its own a definition gets. */
function acceptNames(
  { spec, status }: Definition,
  others: readonly Definition[],
): { readonly names: Names; readonly condition: News } {
  const held = others.map((each) => each.status?.acceptedNames);
  const own: Partial<Names> = status?.acceptedNames ?? {};
  const all = [own, ...held];
  const resources = new Set(
    all.flatMap((names) => [names?.plural, names?.singular, ...(names?.shortNames ?? [])]),
  );
  const kinds = new Set(all.flatMap((names) => [names?.kind, names?.listKind]));
  const wanted = spec.names;
  let names: Partial<Names> = own;
  let condition: News = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  };
  const refuse = (reason: string, taken: readonly string[]): void => {
    const texts = taken.map((each) => `${JSON.stringify(each)} is already in use`);
    const message = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
    condition = { type: 'NamesAccepted', status: 'False', reason, message };
  };
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: Set<unknown>): void => {
    const name = wanted[field] ?? '';
    if (name !== (own[field] ?? '') && used.has(name))
      refuse(`${field[0]!.toUpperCase()}${field.slice(1)}Conflict`, [name]);
    else names = { ...names, [field]: name };
  };
  take('plural', resources);
  take('singular', resources);
  const fresh = (wanted.shortNames ?? []).filter((each) => !own.shortNames?.includes(each));
  const taken = fresh.filter((each) => resources.has(each));
  if (taken.length > 0) refuse('ShortNamesConflict', taken);
  else names = { ...names, shortNames: wanted.shortNames };
  take('kind', kinds);
  take('listKind', kinds);
  return { names: { ...names, categories: wanted.categories } as Names, condition };
}

/** The status after names have been looked at; established is what comes when the resources are served. */
export function withNames(
  definition: Definition,
  others: readonly Definition[],
  nowMs: number,
): Status {
  const status = definition.status ?? {};
  if (isSame(plain(definition.spec.names), plain(status.acceptedNames))) return status;
  const { names, condition } = acceptNames(definition, others);
  const established = conditionOf(definition, 'Established');
  const named = withCondition({ ...status, acceptedNames: inOrder(names) }, condition, nowMs);
  if (established?.status === 'True') return named;
  const accepted = condition.status === 'True';
  if (!accepted && established) return named;
  return withCondition(
    named,
    {
      type: 'Established',
      status: 'False',
      reason: accepted ? 'Installing' : 'NotAccepted',
      message: accepted ? 'the initial names have been accepted' : 'not all names are accepted',
    },
    nowMs,
  );
}

const plain = (names: Names | undefined): object => inOrder(names ?? { plural: '', kind: '' });

function inOrder({ plural, singular, shortNames, kind, listKind, categories }: Names): Names {
  return {
    plural,
    ...(singular && { singular }),
    ...(shortNames?.length && { shortNames }),
    kind,
    ...(listKind && { listKind }),
    ...(categories?.length && { categories }),
  };
}

/** The status once the resources are served. */
export function established(definition: Definition, nowMs: number): Status {
  const status = definition.status ?? {};
  if (!isTrue(definition, 'NamesAccepted') || isTrue(definition, 'Established')) return status;
  return withCondition(
    status,
    {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    },
    nowMs,
  );
}

const approvals: Readonly<Record<string, readonly [status: string, reason: string]>> = {
  invalid: ['False', 'InvalidAnnotation'],
  missing: ['False', 'MissingAnnotation'],
  approved: ['True', 'ApprovedAnnotation'],
  bypassed: ['False', 'UnapprovedAnnotation'],
};

/** What is said of the approval of protected groups, and of schemas that are not structural. */
export function withReviews(definition: Definition, before: Status, nowMs: number): Status {
  let status = before;
  if (isProtectedGroup(definition.spec.group)) {
    const { state, reason: message } = approvalOf(definition.metadata.annotations);
    const [value, reason] = approvals[state]!;
    const type = 'KubernetesAPIApprovalPolicyConformant';
    status = withCondition(status, { type, status: value, reason, message }, nowMs);
  }
  const breach = (definition.spec.versions ?? [])
    .map(({ schema }, i) =>
      structuralBreach(schema?.openAPIV3Schema, `spec.versions[${i}].schema.openAPIV3Schema`),
    )
    .find((each) => each !== undefined);
  const preserves = definition.spec.preserveUnknownFields === true;
  const message =
    breach ??
    (preserves ? 'spec.preserveUnknownFields: Invalid value: true: must be false' : undefined);
  if (message !== undefined)
    return withCondition(
      status,
      { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message },
      nowMs,
    );
  const conditions = status.conditions?.filter(({ type }) => type !== 'NonStructuralSchema');
  return conditions && conditions.length < (status.conditions?.length ?? 0)
    ? { ...status, conditions }
    : status;
}

/** Whether the objects of a definition that goes are still to be removed by us. */
export const awaitsCleanup = ({ metadata }: Definition): boolean =>
  metadata.deletionTimestamp !== undefined &&
  metadata.finalizers?.includes(cleanupFinalizer) === true;

/** How far the removal of the objects has come. */
export const terminating = (status: 'True' | 'False', reason: string, message: string): News => ({
  type: 'Terminating',
  status,
  reason,
  message,
});
