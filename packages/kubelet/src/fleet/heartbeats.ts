import type { World } from '@coxswain/base';
import type { FleetNode } from './fleet-node.ts';

const periodMs = 10_000;
/** Nodes that renew at one instant. */
const slotMax = 64;
const slotsMax = 100;

/**
 * Lets every node of a fleet renew its Lease and look after its status every 10 s. Nodes share instants, so that ten thousand
 * need no more than a hundred timers.
 */
export class Heartbeats {
  readonly #world: World;
  readonly #signal: AbortSignal;
  readonly #slots: Set<FleetNode>[] = [];
  readonly #slotOf = new Map<FleetNode, Set<FleetNode>>();

  constructor(world: World, signal: AbortSignal) {
    this.#world = world;
    this.#signal = signal;
  }

  /** The node's first beat is now. */
  add(node: FleetNode): void {
    let slot = this.#slots.find(({ size }) => size < slotMax);
    if (!slot && this.#slots.length < slotsMax) this.#slots.push((slot = this.#open()));
    slot ??= this.#slots.reduce((least, each) => (each.size < least.size ? each : least));
    slot.add(node);
    this.#slotOf.set(node, slot);
    node.beat();
  }

  remove(node: FleetNode): void {
    this.#slotOf.get(node)?.delete(node);
    this.#slotOf.delete(node);
  }

  #open(): Set<FleetNode> {
    const slot = new Set<FleetNode>();
    const beat = (): void => {
      for (const node of slot) node.beat();
    };
    void this.#every(beat);
    return slot;
  }

  async #every(beat: () => void): Promise<void> {
    const { clock, log } = this.#world;
    try {
      for (;;) {
        await clock.sleep(periodMs, this.#signal);
        beat();
      }
    } catch (error) {
      if (!this.#signal.aborted) log.error('heartbeats ended', error);
    }
  }
}
