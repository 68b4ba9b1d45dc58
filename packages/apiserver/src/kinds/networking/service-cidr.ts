import { ServiceCIDRs } from '@coxswain/api';
import type { ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue, required, type Rules } from '../rules/field.ts';
import { parseRange, validRange } from '../rules/ip.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<ServiceCIDR>();

function* rules({ spec }: ServiceCIDR): Rules {
  const ranges = spec.cidrs ?? [];
  if (!ranges.length) yield required('spec.cidrs', 'at least one CIDR required');
  for (const [index, range] of ranges.entries()) yield* validRange(`spec.cidrs[${index}]`, range);
  if (ranges.length > 2) yield invalidValue('spec', spec, 'may only hold up to 2 values');
  else if (ranges.length === 2 && parseRange(ranges[0]!)?.family === parseRange(ranges[1]!)?.family)
    yield invalidValue(
      'spec',
      spec,
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96',
    );
}

/** A range of addresses for services. */
export const serviceCIDRKind: Kind<ServiceCIDR> = {
  resource: ServiceCIDRs,
  ...split,
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutable('spec.cidrs', next.spec.cidrs, before.spec.cidrs);
  },
  columns: [
    nameColumn,
    textColumn('CIDRs', 'Its ranges.', ({ spec }) => (spec.cidrs ?? []).join(',')),
    ageColumn,
  ],
};
