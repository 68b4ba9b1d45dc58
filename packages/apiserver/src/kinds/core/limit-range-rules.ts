import {
  canonicalQuantity,
  compareQuantities,
  milliValue,
  wholeValue,
} from '@coxswain/api/quantity';
import type { LimitRange, LimitRangeItem } from '@coxswain/api/types/core-v1';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  required,
  type Rules,
} from '../rules/field.ts';
import { qualifiedName } from '../rules/name.ts';
import { containerResourceName, mayOvercommit, resourceName } from '../rules/resources.ts';

const types = ['Pod', 'Container', 'PersistentVolumeClaim'];

/** All rules of a limit range. */
export function* limitRangeRules({ spec }: LimitRange): Rules {
  const seen = new Set<string>();
  for (const [index, item] of (spec?.limits ?? []).entries()) {
    const at = `spec.limits[${index}]`;
    const type = item.type ?? '';
    const wrong = qualifiedName(type);
    yield* allInvalid(`${at}.type`, type, wrong);
    if (!wrong.length && !type.includes('/') && !types.includes(type))
      yield invalidValue(`${at}.type`, type, 'must be a standard limit type or fully qualified');
    if (seen.has(type)) yield duplicate(`${at}.type`, type);
    seen.add(type);
    yield* itemRules(at, item, type);
  }
}

function* itemRules(at: string, item: LimitRangeItem, type: string): Rules {
  const nameRule = type === 'Pod' || type === 'Container' ? containerResourceName : resourceName;
  const isPod = type === 'Pod';
  yield* names(at, item, ['max', 'min'], nameRule);
  if (!isPod) yield* names(at, item, ['default', 'defaultRequest'], nameRule);
  else
    for (const list of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[list] ?? {}).length)
        yield forbiddenField(`${at}.${list}`, "may not be specified when `type` is 'Pod'");
  if (
    type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  )
    yield required(
      `${at}.limits`,
      'either minimum or maximum storage value is required, but neither was provided',
    );
  yield* names(at, item, ['maxLimitRequestRatio'], nameRule);
  const compared = isPod ? { ...item, default: {}, defaultRequest: {} } : item;
  const resources = lists.flatMap((list) => Object.keys(compared[list] ?? {}));
  for (const name of new Set(resources)) yield* orderRules(at, compared, name);
}

const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function* names(
  at: string,
  item: LimitRangeItem,
  of: readonly (typeof lists)[number][],
  rule: (path: string, name: string) => Rules,
): Rules {
  for (const list of of) for (const name in item[list]) yield* rule(`${at}.${list}[${name}]`, name);
}

type List = (typeof lists)[number];

/** Pairs of which the first may not be above the second; `shown` is where the breach is told, and whose value with it. */
const orders: readonly {
  low: List;
  high: List;
  text: (low: string, high: string) => string;
  at: List;
  shown: List;
}[] = [
  {
    ...{ low: 'min', high: 'max', at: 'min', shown: 'min' },
    text: (low, high) => `min value ${low} is greater than max value ${high}`,
  },
  {
    ...{ low: 'min', high: 'defaultRequest', at: 'defaultRequest', shown: 'defaultRequest' },
    text: (low, high) => `min value ${low} is greater than default request value ${high}`,
  },
  {
    ...{ low: 'defaultRequest', high: 'max', at: 'defaultRequest', shown: 'defaultRequest' },
    text: (low, high) => `default request value ${low} is greater than max value ${high}`,
  },
  {
    ...{ low: 'defaultRequest', high: 'default', at: 'defaultRequest', shown: 'defaultRequest' },
    text: (low, high) => `default request value ${low} is greater than default limit value ${high}`,
  },
  {
    ...{ low: 'min', high: 'default', at: 'default', shown: 'min' },
    text: (low, high) => `min value ${low} is greater than default value ${high}`,
  },
  {
    ...{ low: 'default', high: 'max', at: 'default', shown: 'max' },
    text: (low, high) => `default value ${low} is greater than max value ${high}`,
  },
];

function* orderRules(at: string, item: LimitRangeItem, name: string): Rules {
  for (const { low, high, text, ...told } of orders) {
    const [least, most] = [item[low]?.[name], item[high]?.[name]];
    if (least === undefined || most === undefined || compareQuantities(least, most) <= 0) continue;
    yield invalidValue(
      `${at}.${told.at}[${name}]`,
      canonicalQuantity(item[told.shown]![name]!),
      text(canonicalQuantity(least), canonicalQuantity(most)),
    );
  }
  yield* ratioRules(at, item, name);
  const [limit, request] = [item.default?.[name], item.defaultRequest?.[name]];
  if (mayOvercommit(name) || limit === undefined || request === undefined) return;
  if (compareQuantities(limit, request) !== 0)
    yield invalidValue(
      `${at}.defaultRequest[${name}]`,
      canonicalQuantity(request),
      `default value ${canonicalQuantity(limit)} must equal to defaultRequest value ${canonicalQuantity(request)} in ${name}`,
    );
}

/** Whole units above which thousandths no longer fit into 64 bits. */
const milliMax = (2 ** 63 - 1) / 1000;

function* ratioRules(at: string, item: LimitRangeItem, name: string): Rules {
  const ratio = item.maxLimitRequestRatio?.[name];
  if (ratio === undefined) return;
  const path = `${at}.maxLimitRequestRatio[${name}]`;
  const shown = canonicalQuantity(ratio);
  if (compareQuantities(ratio, '1') < 0)
    yield invalidValue(path, shown, `ratio ${shown} is less than 1`);
  const [min, max] = [item.min?.[name], item.max?.[name]];
  if (min === undefined || max === undefined) return;
  const inMillis = [ratio, min, max].every((quantity) => wholeValue(quantity) < milliMax);
  const valueOf = inMillis ? milliValue : wholeValue;
  const most = valueOf(max) / valueOf(min);
  if ((inMillis ? milliValue(ratio) / 1000 : wholeValue(ratio)) > most)
    yield invalidValue(path, shown, `ratio ${shown} is greater than max/min = ${most.toFixed(6)}`);
}
