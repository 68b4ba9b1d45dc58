import type { Service } from '@coxswain/api/types/core-v1';
import { duplicate, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { isDualStack, parseAddress, validAddress } from '../rules/ip.ts';

const families = ['IPv4', 'IPv6'];
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const none: readonly string[] = [];

/** Whether the service has no address of its own, only its pods'. */
export const isHeadless = ({ spec }: Service): boolean =>
  spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';

/** Rules of cluster addresses and their families. */
export function* addressRules(service: Service, before?: Service): Rules {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const { clusterIP = '', clusterIPs = none, ipFamilies = none, ipFamilyPolicy } = spec;
  if (clusterIP && !clusterIPs.length) yield required('spec.clusterIPs');
  else if (clusterIP && clusterIPs[0] !== clusterIP)
    yield invalidValue('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`');
  else if (!clusterIP && clusterIPs.length)
    yield invalidValue(
      'spec.clusterIPs',
      clusterIPs,
      'must be empty when `clusterIP` is not specified',
    );
  for (const [index, family] of ipFamilies.entries()) {
    if (!families.includes(family))
      yield notSupported(`spec.ipFamilies[${index}]`, family, families);
    if (ipFamilies.indexOf(family) < index) yield duplicate(`spec.ipFamilies[${index}]`, family);
  }
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy))
    yield notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies);
  yield* addresses(clusterIPs, before?.spec.clusterIPs);
  if (isHeadless(service) || clusterIPs.some((text) => !parseAddress(text))) return;
  if (clusterIPs.length === 2 && !isDualStack(clusterIPs))
    yield invalidValue(
      'spec.clusterIPs',
      clusterIPs,
      'may specify no more than one IP for each IP family',
    );
  for (const [index, text] of clusterIPs.entries()) {
    const expected = ipFamilies[index];
    if (expected !== undefined && parseAddress(text)!.family !== expected)
      yield invalidValue(
        `spec.clusterIPs[${index}]`,
        text,
        `expected an ${expected} value as indicated by \`ipFamilies[${index}]\``,
      );
  }
}

function* addresses(clusterIPs: readonly string[], known: readonly string[] | undefined): Rules {
  for (const [index, text] of clusterIPs.entries())
    if (index > 0 || text !== 'None') yield* validAddress(`spec.clusterIPs[${index}]`, text, known);
    else if (clusterIPs.length > 1)
      yield invalidValue('spec.clusterIPs', clusterIPs, "'None' must be the first and only value");
  if (clusterIPs.length > 2)
    yield invalidValue('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values');
}

const unchanging = 'may not change once set';

/** The first address and family stay for good; a second one may come, and go with the policy SingleStack. */
export function* addressUpdateRules(next: Service, before: Service): Rules {
  if (next.spec.type === 'ExternalName' || before.spec.type === 'ExternalName') return;
  const nowHeadless = isHeadless(next);
  const wasHeadless = isHeadless(before);
  if (!(nowHeadless && wasHeadless)) yield* clusterIPsUpdate(next, before);
  if (!nowHeadless && !wasHeadless) yield* familiesUpdate(next, before);
}

function* clusterIPsUpdate(next: Service, before: Service): Rules {
  const now = next.spec.clusterIPs ?? none;
  const old = before.spec.clusterIPs ?? none;
  if (now.length === old.length) {
    for (const [index, text] of old.entries())
      if (text !== now[index]) yield invalidValue(`spec.clusterIPs[${index}]`, now, unchanging);
    return;
  }
  if (now.length < old.length) {
    if (!now.length)
      yield invalidValue('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset');
    else if (now[0] !== old[0]) yield invalidValue('spec.clusterIPs[0]', now, unchanging);
    if (now.length === 1 && next.spec.ipFamilyPolicy !== 'SingleStack')
      yield invalidValue(
        'spec.ipFamilyPolicy',
        next.spec.ipFamilyPolicy ?? null,
        "must be set to 'SingleStack' when releasing the secondary clusterIP",
      );
  } else if (old.length && now[0] !== old[0])
    yield invalidValue('spec.clusterIPs[0]', now, unchanging);
}

function* familiesUpdate(next: Service, before: Service): Rules {
  const now = next.spec.ipFamilies ?? none;
  const old = before.spec.ipFamilies ?? none;
  const path = 'spec.ipFamilies[0]';
  if (now.length === old.length) {
    for (const [index, family] of old.entries())
      if (family !== now[index]) yield invalidValue(path, now, unchanging);
    return;
  }
  if (now.length < old.length) {
    if (!next.spec.clusterIPs?.length)
      yield invalidValue(path, now, 'primary ipFamily can not be unset');
    if (now.length && now[0] !== old[0])
      yield invalidValue(path, next.spec.clusterIPs ?? null, unchanging);
    if (now.length === 1 && next.spec.ipFamilyPolicy !== 'SingleStack')
      yield invalidValue(
        'spec.ipFamilyPolicy',
        next.spec.ipFamilyPolicy ?? null,
        "must be set to 'SingleStack' when releasing the secondary ipFamily",
      );
  } else if (old.length && now[0] !== old[0])
    yield invalidValue(path, next.spec.clusterIPs ?? null, unchanging);
}
