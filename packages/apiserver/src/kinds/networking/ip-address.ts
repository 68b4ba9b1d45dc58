import { IPAddresses } from '@coxswain/api';
import type { IPAddress } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { required } from '../rules/field.ts';
import { addressText, parseAddress } from '../rules/ip.ts';
import { immutable } from '../rules/meta.ts';
import type { NameRule } from '../rules/name.ts';

const canonicalAddress: NameRule = (name) => {
  const address = parseAddress(name);
  if (!address) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  const canonical = addressText(address.family, address.value);
  return canonical === name ? [] : [`must be in canonical form ("${canonical}")`];
};

function parentText({ spec }: IPAddress): string {
  const parent = spec.parentRef;
  if (!parent) return '<none>';
  const resource = parent.group ? `${parent.resource}.${parent.group}` : parent.resource;
  return [resource?.toLowerCase(), parent.namespace, parent.name].filter(Boolean).join('/');
}

/** An address that is taken, and by whom. Its name is the address. */
export const ipAddressKind: Kind<IPAddress> = {
  resource: IPAddresses,
  shortNames: ['ip'],
  validateName: canonicalAddress,
  *validate({ spec }) {
    if (!spec.parentRef) {
      yield required('spec.parentRef');
      return;
    }
    if (!spec.parentRef.resource) yield required('spec.parentRef.resource');
    if (!spec.parentRef.name) yield required('spec.parentRef.name');
  },
  *validateUpdate(next, before) {
    yield* immutable('spec.parentRef', next.spec.parentRef, before.spec.parentRef);
  },
  columns: [nameColumn, textColumn('ParentRef', 'Who has it.', parentText), ageColumn],
};
