import {
  addQuantities,
  compareQuantities,
  type Quantity,
  quantityOf,
  subtractQuantities,
} from '@coxswain/api/quantity';
import type { Device } from '@coxswain/api/types/resource-v1';
import type { Allocated } from './allocated.ts';
import { deviceId, type Offer, type Pool } from './pools.ts';

/** By `set/counter`. */
type Amounts = ReadonlyMap<string, Quantity>;
const none = quantityOf(0n);

/** What devices of a pool share and use up, as far as one allocation has come. */
export class Counters {
  readonly #allocated: Allocated;
  readonly #available: Map<Pool, Amounts>;
  readonly #used = new Map<Pool, Map<string, Quantity>>();

  /** `available` is filled in, and may serve all nodes. */
  constructor(allocated: Allocated, available: Map<Pool, Amounts>) {
    this.#allocated = allocated;
    this.#available = available;
  }

  /** Whether there is enough for the device; takes it if so. */
  take(offer: Offer): boolean {
    const { pool, device } = offer;
    const available = this.#of(pool);
    this.#use(offer, addQuantities);
    const used = this.#used.get(pool);
    const isEnough = [...available].every(
      ([name, amount]) => compareQuantities(amount, used?.get(name) ?? none) >= 0,
    );
    if (!isEnough && device.consumesCounters) this.giveBack(offer);
    return isEnough;
  }

  giveBack(offer: Offer): void {
    this.#use(offer, subtractQuantities);
  }

  #use({ pool, device }: Offer, change: typeof addQuantities): void {
    const used = this.#used.get(pool) ?? new Map<string, Quantity>();
    this.#used.set(pool, used);
    for (const [name, value] of consumed(device))
      used.set(name, change(used.get(name) ?? none, value));
  }

  #of(pool: Pool): Amounts {
    const known = this.#available.get(pool);
    if (known) return known;
    const left = new Map<string, Quantity>();
    for (const [set, counters] of pool.counters)
      for (const [name, { value }] of Object.entries(counters))
        left.set(`${set}/${name}`, addQuantities(value, none));
    const use = (id: string, device: Device): void => {
      if (!this.#allocated.isUsed(id)) return;
      for (const [name, value] of consumed(device)) {
        const before = left.get(name);
        if (before) left.set(name, subtractQuantities(before, value));
      }
    };
    for (const { id, device } of pool.offers) use(id, device);
    for (const { spec } of pool.elsewhere)
      for (const device of spec.devices ?? [])
        use(deviceId(spec.driver, spec.pool.name, device.name), device);
    this.#available.set(pool, left);
    return left;
  }
}

const consumed = ({ consumesCounters = [] }: Device): readonly (readonly [string, string])[] =>
  consumesCounters.flatMap(({ counterSet, counters }) =>
    Object.entries(counters).map(([name, { value }]) => [`${counterSet}/${name}`, value] as const),
  );
