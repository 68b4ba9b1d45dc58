import { ServiceCIDRs } from '@coxswain/api';
import type { ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue, required, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { addressText, parseRange, validRange } from '../rules/ip.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<ServiceCIDR>({}, 'kept from status');

function* rules({ spec }: ServiceCIDR): Rules {
  const ranges = spec.cidrs ?? [];
  const path = 'spec.cidrs';
  if (!ranges.length) {
    yield required(path, 'at least one CIDR required');
    return;
  }
  if (ranges.length > 2) {
    const shown = internalForm('networking.ServiceCIDRSpec', spec);
    yield invalidValue(path, shown, 'may only hold up to 2 values');
    return;
  }
  for (const [index, range] of ranges.entries()) yield* canonical(`${path}[${index}]`, range);
  const [first, second] = ranges.map((range) => parseRange(range)?.family);
  if (ranges.length === 2 && first !== undefined && first === second)
    yield invalidValue(
      path,
      ranges,
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    );
}

/** A range is to be written as upstream would write it. */
function* canonical(path: string, text: string): Rules {
  const wrong = [...validRange(path, text)];
  yield* wrong;
  const range = parseRange(text);
  if (wrong.length || !range) return;
  const wanted = `${addressText(range.family, range.base)}/${range.bits}`;
  if (wanted !== text)
    yield invalidValue(path, text, `must be in canonical form (${JSON.stringify(wanted)})`);
}

/** The range stays; one of the other family may join it. */
function* updateRules(next: ServiceCIDR, before: ServiceCIDR): Rules {
  const path = 'spec.cidrs';
  const text = 'field is immutable';
  const now = next.spec.cidrs ?? [];
  const old = before.spec.cidrs ?? [];
  const isSameLength = now.length === old.length;
  if (!isSameLength && !(old.length === 1 && now.length === 2)) {
    yield invalidValue(path, now, text);
    return;
  }
  for (const [index, range] of old.entries())
    if (range !== now[index]) yield invalidValue(`${path}[${index}]`, now[index], text);
  if (!isSameLength) yield* rules(next);
}

/** A range of addresses for services. */
export const serviceCIDRKind: Kind<ServiceCIDR> = {
  resource: ServiceCIDRs,
  ...split,
  generation: false,
  validate: rules,
  validateUpdate: updateRules,
  columns: [
    nameColumn,
    textColumn('CIDRs', 'Its ranges.', ({ spec }) => (spec.cidrs ?? []).join(',')),
    ageColumn,
  ],
};
