import type { FieldError } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import { addressRules } from '../../kinds/core/service-address-rules.ts';
import { equal } from '../../kinds/rules/equal.ts';
import { invalidValue } from '../../kinds/rules/field.ts';
import { parseAddress } from '../../kinds/rules/ip.ts';

type Spec = Service['spec'];
type Families = readonly string[];

const other = (family: string): string => (family === 'IPv4' ? 'IPv6' : 'IPv4');

/** The service with its address families settled by what the cluster has, or what is wrong with those it asks for. */
export function withFamilies(
  next: Service,
  before: Service | undefined,
  configured: Families,
): { readonly service: Service; readonly errors: readonly FieldError[] } {
  const { spec } = next;
  if (spec.type === 'ExternalName' || isUntouchedPreference(spec, before?.spec))
    return { service: next, errors: [] };
  const headless = spec.clusterIP === 'None';
  const selectorless = headless && !Object.keys(spec.selector ?? {}).length;
  const policy =
    spec.ipFamilyPolicy ??
    before?.spec.ipFamilyPolicy ??
    (selectorless ? 'RequireDualStack' : 'SingleStack');
  const single = policy === 'SingleStack';
  const malformed = [...addressRules(next, before)];
  if (malformed.length) return { service: next, errors: malformed };
  const addresses = reduced(spec.clusterIPs ?? [], before?.spec.clusterIPs, single);
  const asked = reduced(spec.ipFamilies ?? [], before?.spec.ipFamilies, single);
  const errors = [
    ...reductionErrors(policy, spec, before?.spec),
    ...policyErrors(policy, addresses, asked),
  ];
  const families = [...asked];
  for (const [index, text] of addresses.entries()) {
    const family = parseAddress(text)?.family;
    if (text === 'None') break;
    if (index < families.length || family === undefined) continue;
    if (configured.includes(family)) families.push(family);
    else
      errors.push(
        invalidValue(
          `spec.clusterIPs[${index}]`,
          addresses,
          `${family} is not configured on this cluster`,
        ),
      );
  }
  if (errors.length) return { service: next, errors };
  if (!selectorless) errors.push(...clusterErrors(policy, families, configured));
  if (!families.length) families.push(configured[0]!);
  if (!single && families.length === 1 && (selectorless || configured.length === 2))
    families.push(other(families[0]!));
  const change: Partial<Spec> = {
    ipFamilyPolicy: policy,
    ipFamilies: families,
    ...(addresses.length && { clusterIPs: addresses }),
  };
  return { service: { ...next, spec: { ...spec, ...change } }, errors };
}

/** A service that prefers two families keeps those it has, whatever the cluster has since got. */
export const isUntouchedPreference = (next: Spec, before: Spec | undefined): boolean =>
  before !== undefined &&
  before.type !== 'ExternalName' &&
  next.ipFamilyPolicy === 'PreferDualStack' &&
  before.ipFamilyPolicy === 'PreferDualStack' &&
  equal(next.clusterIPs, before.clusterIPs) &&
  equal(next.ipFamilies, before.ipFamilies);

/** To say SingleStack is to give up the second, where the client left the list as it was. */
const reduced = (next: Families, before: Families | undefined, single: boolean): Families =>
  single && before && next.length > 1 && equal(next, before) ? next.slice(0, 1) : next;

/** To give up the second of something without saying so is a mistake. */
function* reductionErrors(
  policy: string,
  next: Spec,
  before: Spec | undefined,
): Generator<FieldError> {
  if (policy === 'SingleStack' || !before) return;
  const must = "must be 'SingleStack' to release the secondary";
  if (isReduced(next.clusterIPs, before.clusterIPs))
    yield invalidValue('spec.ipFamilyPolicy', policy, `${must} cluster IP`);
  if (isReduced(next.ipFamilies, before.ipFamilies))
    yield invalidValue('spec.ipFamilyPolicy', policy, `${must} IP family`);
}

const isReduced = (next: Families = [], before: Families = []): boolean =>
  next.length > 0 && next.length < before.length;

function* policyErrors(
  policy: string,
  addresses: Families,
  families: Families,
): Generator<FieldError> {
  if (policy !== 'SingleStack') return;
  const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  if (addresses.length === 2)
    yield invalidValue('spec.ipFamilyPolicy', policy, `${must} cluster IPs are specified`);
  if (families.length === 2)
    yield invalidValue('spec.ipFamilyPolicy', policy, `${must} IP families are specified`);
}

function* clusterErrors(
  policy: string,
  families: Families,
  configured: Families,
): Generator<FieldError> {
  if (policy === 'RequireDualStack' && configured.length < 2)
    yield invalidValue(
      'spec.ipFamilyPolicy',
      policy,
      'this cluster is not configured for dual-stack services',
    );
  for (const [index, family] of families.entries())
    if (!configured.includes(family))
      yield invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster');
}
