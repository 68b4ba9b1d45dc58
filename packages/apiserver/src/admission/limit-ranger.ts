import { LimitRanges, PersistentVolumeClaims, Pods } from '@coxswain/api';
import { compareQuantities, milliValue, wholeValue } from '@coxswain/api/quantity';
import { type AmountKind, containerAmounts } from '@coxswain/api/quota';
import type {
  Container,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
  ResourceList,
} from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { aggregateText, isWrite, refuse } from './refuse.ts';

const noted = 'kubernetes.io/limit-ranger';
const none: ResourceList = {};

/** Gives containers the requests and limits of the namespace's LimitRanges, and keeps all within their bounds. */
export function limitRanger(objects: Objects): AdmissionPlugin {
  const rangesOf = ({ namespace }: Admission): readonly LimitRange[] => [
    ...objects.all(LimitRanges, namespace),
  ];
  return {
    name: 'LimitRanger',
    handles: (admission) =>
      (isWrite(admission, Pods, ['CREATE']) ||
        isWrite(admission, Pods, ['UPDATE'], 'resize') ||
        isWrite(admission, PersistentVolumeClaims, ['CREATE', 'UPDATE'])) &&
      !admission.before?.metadata.deletionTimestamp,
    mutate(admission) {
      const { object, resource } = admission;
      if (resource.resource !== Pods.resource) return object!;
      return rangesOf(admission).reduce(withDefaults, object as Pod);
    },
    validate(admission) {
      for (const range of rangesOf(admission)) {
        const wrong = (range.spec?.limits ?? []).flatMap((item) => [...broken(item, admission)]);
        if (wrong.length > 0) throw refuse(admission, aggregateText(wrong));
      }
    },
  };
}

function withDefaults(pod: Pod, range: LimitRange): Pod {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const requests: ResourceList = Object.assign({}, ...items.map((item) => item.defaultRequest));
  const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default));
  const notes: string[] = [];
  const filled =
    (what: string) =>
    (container: Container): Container => {
      const { resources } = container;
      const absent = (defaults: ResourceList, own: ResourceList = none): readonly string[] =>
        Object.keys(defaults)
          .filter((name) => own[name] === undefined)
          .toSorted();
      for (const [kind, names] of [
        ['request', absent(requests, resources?.requests)],
        ['limit', absent(limits, resources?.limits)],
      ] as const)
        if (names.length > 0)
          notes.push(`${names.join(', ')} ${kind} for ${what} ${container.name}`);
      const own = { ...requests, ...resources?.requests };
      const most = { ...limits, ...resources?.limits };
      const merged = {
        ...resources,
        ...(Object.keys(own).length > 0 && { requests: own }),
        ...(Object.keys(most).length > 0 && { limits: most }),
      };
      return Object.keys(merged).length > 0 ? { ...container, resources: merged } : container;
    };
  const { spec, metadata } = pod;
  const containers = spec.containers.map(filled('container'));
  const initContainers = spec.initContainers?.map(filled('init container'));
  if (notes.length === 0) return pod;
  const annotations = {
    ...metadata.annotations,
    [noted]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  return {
    ...pod,
    metadata: { ...metadata, annotations },
    spec: { ...spec, containers, ...(initContainers && { initContainers }) },
  };
}

/** What of one item does not hold, in upstream's words. */
function* broken(item: LimitRangeItem, { resource, object }: Admission): Generator<string> {
  if (resource.resource === PersistentVolumeClaims.resource) {
    if (item.type !== 'PersistentVolumeClaim') return;
    const { requests = none } = (object as PersistentVolumeClaim).spec.resources ?? {};
    for (const [name, bound] of Object.entries(item.min ?? {}))
      yield* tooLittle(item.type, name, bound, requests, none);
    for (const [name, bound] of Object.entries(item.max ?? {}))
      yield* asksTooMuch(item.type, name, bound, requests);
    return;
  }
  const { spec } = object as Pod;
  if (item.type === 'Container')
    for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])])
      yield* outOfBounds(item, resources?.requests ?? none, resources?.limits ?? none);
  if (item.type === 'Pod')
    yield* outOfBounds(
      item,
      podTotal(object as Pod, 'requests'),
      podTotal(object as Pod, 'limits'),
    );
}

/** CPU and memory may be asked for by the pod as a whole. */
function podTotal({ spec }: Pod, kind: AmountKind): ResourceList {
  const total = { ...containerAmounts(spec, ({ resources }) => resources?.[kind]) };
  for (const name of ['cpu', 'memory']) {
    const whole = spec.resources?.[kind]?.[name];
    if (whole !== undefined) total[name] = whole;
  }
  return total;
}

function* outOfBounds(
  { type, min = none, max = none, maxLimitRequestRatio = none }: LimitRangeItem,
  requests: ResourceList,
  limits: ResourceList,
): Generator<string> {
  for (const [name, bound] of Object.entries(min))
    yield* tooLittle(type, name, bound, requests, limits);
  for (const [name, bound] of Object.entries(max))
    yield* tooMuch(type, name, bound, requests, limits);
  for (const [name, bound] of Object.entries(maxLimitRequestRatio))
    yield* tooFarApart(type, name, bound, requests[name], limits[name]);
}

function* tooLittle(
  type: string,
  name: string,
  bound: string,
  requests: ResourceList,
  limits: ResourceList,
): Generator<string> {
  const [request, limit] = [requests[name], limits[name]];
  const rule = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) yield `${rule}.  No request is specified`;
  else if (compareQuantities(request, bound) < 0) yield `${rule}, but request is ${request}`;
  else if (limit !== undefined && compareQuantities(limit, bound) < 0)
    yield `${rule}, but limit is ${limit}`;
}

function* asksTooMuch(
  type: string,
  name: string,
  bound: string,
  requests: ResourceList,
): Generator<string> {
  const request = requests[name];
  const rule = `maximum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) yield `${rule}.  No request is specified`;
  else if (compareQuantities(request, bound) > 0) yield `${rule}, but request is ${request}`;
}

function* tooMuch(
  type: string,
  name: string,
  bound: string,
  requests: ResourceList,
  limits: ResourceList,
): Generator<string> {
  const [request, limit] = [requests[name], limits[name]];
  const rule = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) yield `${rule}.  No limit is specified`;
  else if (compareQuantities(limit, bound) > 0) yield `${rule}, but limit is ${limit}`;
  else if (request !== undefined && compareQuantities(request, bound) > 0)
    yield `${rule}, but request is ${request}`;
}

/** Thousandths of larger amounts have no place in upstream's integers. */
const milliMax = Number.MAX_SAFE_INTEGER / 1000;

function* tooFarApart(
  type: string,
  name: string,
  bound: string,
  request = '0',
  limit = '0',
): Generator<string> {
  const rule = `${name} max limit to request ratio per ${type} is ${bound}`;
  const inMillis = [request, limit].every((each) => wholeValue(each) <= milliMax);
  const [asked, most] = [request, limit].map(inMillis ? milliValue : wholeValue) as [
    number,
    number,
  ];
  if (asked === 0) yield `${rule}, but no request is specified or request is 0`;
  else if (most === 0) yield `${rule}, but no limit is specified or limit is 0`;
  else if ((most / asked) * 1000 > milliValue(bound))
    yield `${rule}, but provided ratio is ${(most / asked).toFixed(6)}`;
}
