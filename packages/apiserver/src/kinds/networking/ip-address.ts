import { IPAddresses } from '@coxswain/api';
import type { IPAddress } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, required, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { addressText, parseAddress } from '../rules/ip.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Subdomain, type NameRule, pathSegmentName } from '../rules/name.ts';

const canonicalAddress: NameRule = (name) => {
  const address = parseAddress(name);
  if (!address) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (address.sloppy === 'leading zeros') return ['must not have leading 0s'];
  if (address.sloppy) return ['must not be an IPv4-mapped IPv6 address'];
  const canonical = addressText(address.family, address.value);
  return canonical === name ? [] : [`must be in canonical form ("${canonical}")`];
};

function parentText({ spec }: IPAddress): string {
  const parent = spec.parentRef;
  if (!parent) return '<none>';
  const resource = parent.group ? `${parent.resource}.${parent.group}` : parent.resource;
  return [resource?.toLowerCase(), parent.namespace, parent.name].filter(Boolean).join('/');
}

function* rules({ spec: { parentRef } }: IPAddress): Rules {
  const path = 'spec.parentRef';
  if (!parentRef) {
    yield required(path);
    return;
  }
  const { group, resource, namespace, name } = parentRef;
  if (group) yield* allInvalid(`${path}.group`, group, dns1123Subdomain(group));
  if (resource) yield* allInvalid(`${path}.resource`, resource, pathSegmentName(resource));
  else yield required(`${path}.resource`);
  if (name) yield* allInvalid(`${path}.name`, name, pathSegmentName(name));
  else yield required(`${path}.name`);
  if (namespace) yield* allInvalid(`${path}.namespace`, namespace, pathSegmentName(namespace));
}

/** An address that is taken, and by whom. Its name is the address. */
export const ipAddressKind: Kind<IPAddress> = {
  resource: IPAddresses,
  shortNames: ['ip'],
  validateName: canonicalAddress,
  keepsGenerateName: true,
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    const now = internalForm('networking.ParentReference', next.spec.parentRef);
    const old = internalForm('networking.ParentReference', before.spec.parentRef);
    yield* immutable('spec.parentRef', now, old);
  },
  columns: [nameColumn, textColumn('ParentRef', 'Who has it.', parentText)], // upstream shows no age
};
