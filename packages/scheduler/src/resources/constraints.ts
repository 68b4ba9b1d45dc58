import type { DeviceAttribute, DeviceConstraint } from '@coxswain/api/types/resource-v1';
import type { Offer } from './pools.ts';
import type { Asked } from './requests.ts';

/** What the devices of a claim have to have in common, or not to have. */
export interface Constraint {
  /** Whether the device may be one of them; counts it in if so. */
  add(asked: Asked, offer: Offer): boolean;
  /** Takes back the last one that was added for the same request. */
  remove(asked: Asked): void;
}

/** Of a claim's spec; undefined for what is neither known way. */
export function constraintOf({
  requests = [],
  matchAttribute,
  distinctAttribute,
}: DeviceConstraint): Constraint | undefined {
  const concerns = ({ base, name }: Asked): boolean =>
    requests.length === 0 || requests.includes(base) || requests.includes(name);
  if (matchAttribute !== undefined) return sameValue(matchAttribute, concerns);
  return distinctAttribute === undefined ? undefined : otherValues(distinctAttribute, concerns);
}

type Concerns = (asked: Asked) => boolean;

function sameValue(name: string, concerns: Concerns): Constraint {
  let value: DeviceAttribute | undefined;
  let count = 0;
  return {
    add(asked, offer) {
      if (!concerns(asked)) return true;
      const own = attributeOf(offer, name);
      if (!own || (count > 0 && !isSame(own, value!))) return false;
      if (count++ === 0) value = own;
      return true;
    },
    remove: (asked) => void (concerns(asked) && count--),
  };
}

function otherValues(name: string, concerns: Concerns): Constraint {
  const values: { readonly base: string; readonly value: DeviceAttribute }[] = [];
  return {
    add(asked, offer) {
      if (!concerns(asked)) return true;
      const own = attributeOf(offer, name);
      if (!own || values.some(({ value }) => isSame(own, value))) return false;
      values.push({ base: asked.base, value: own });
      return true;
    },
    remove: (asked) => void (concerns(asked) && values.pop()),
  };
}

/** By its full name; a device's own names may leave its driver out. */
function attributeOf({ device, slice }: Offer, name: string): DeviceAttribute | undefined {
  const { attributes = {} } = device;
  const full = attributes[name];
  const own = `${slice.spec.driver}/`;
  return full ?? (name.startsWith(own) ? attributes[name.slice(own.length)] : undefined);
}

const kinds = ['string', 'int', 'bool', 'version'] as const;

function isSame(a: DeviceAttribute, b: DeviceAttribute): boolean {
  const kind = kinds.find((each) => a[each] !== undefined);
  return kind !== undefined && a[kind] === b[kind];
}
