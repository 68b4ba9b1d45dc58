/** The address ranges of one cluster on its machine. Clusters with different slots never overlap. */
export interface AddressPlan {
  readonly slot: number;
  /** Nodes and, as `.1`, the machine itself: 172.30.SLOT.0/24. */
  readonly nodes: string;
  readonly gateway: string;
  /** Pods of all nodes, a /24 each: 10.(200 + SLOT).0.0/16. */
  readonly pods: string;
}

/** Most clusters with real nodes that one machine carries at a time. */
export const slotsMax = 56;

export function addressPlan(slot: number): AddressPlan {
  return {
    slot,
    nodes: `172.30.${slot}.0/24`,
    gateway: `172.30.${slot}.1`,
    pods: `10.${200 + slot}.0.0/16`,
  };
}

/** Address of the node with this number, from 1. */
export const nodeAddress = (plan: AddressPlan, number: number): string =>
  `172.30.${plan.slot}.${1 + number}`;

/** The first slot whose ranges none of `taken` (other clusters) has and no route of the machine touches. */
export function freeSlot(
  taken: ReadonlySet<number>,
  routes: readonly string[],
): number | undefined {
  for (let slot = 0; slot < slotsMax; slot++) {
    const { nodes, pods } = addressPlan(slot);
    const isFree =
      !taken.has(slot) && !routes.some((route) => overlaps(route, nodes) || overlaps(route, pods));
    if (isFree) return slot;
  }
  return undefined;
}

/** Whether two IPv4 ranges in CIDR form share an address. A default route overlaps nothing. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [range(a), range(b)];
  if (!one || !other || one.bits === 0 || other.bits === 0) return false;
  const shift = 32 - Math.min(one.bits, other.bits);
  return one.base >>> shift === other.base >>> shift;
}

function range(cidr: string): { readonly base: number; readonly bits: number } | undefined {
  const [address = '', bits = '32'] = cidr.split('/');
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return { base: parts.reduce((sum, part) => sum * 256 + part, 0), bits: Number(bits) };
}
