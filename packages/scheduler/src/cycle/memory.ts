import type { Pod } from '@coxswain/api/types/core-v1';
import type { Scene, SchedulerPlugin, Scoring } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { ask, type Rejected } from './find-nodes.ts';
import type { Preemption } from './preempt.ts';
import type { ReadyFilter } from './prepare.ts';

/** Nodes by their slots. */
export interface NodeColumns {
  /** Another number each time the node or its pods change. */
  readonly versions: Float64Array;
  /** The slots of the nodes of the list, in its order. */
  readonly order: Int32Array;
}

/** Sorts of pods that are remembered. */
const sortsMax = 8;
/** Different rejections of one sort. */
const rejectionsMax = 2 ** 15;

/**
 * What plugins have said of single nodes, by sorts of pods that are alike to them: most pods are like the one before, and
 * most nodes as they were. Only what a plugin's `likeness` tells of is remembered, so that nothing is decided otherwise.
 */
export class Memory {
  readonly #nodes: { readonly columns: NodeColumns };
  /** The last used at the end. */
  readonly #sorts = new Map<string, Remembered>();
  readonly #profiles: (readonly SchedulerPlugin[])[] = [];

  constructor(nodes: { readonly columns: NodeColumns }) {
    this.#nodes = nodes;
  }

  of(
    pod: Pod,
    plugins: readonly SchedulerPlugin[],
    filters: readonly ReadyFilter[],
    scene: Scene,
  ): Remembered {
    if (!this.#profiles.includes(plugins)) this.#profiles.push(plugins);
    const first = filters.findIndex(({ plugin }) => !plugin.likeness);
    const own = first < 0 ? filters.length : first;
    let key = `${this.#profiles.indexOf(plugins)} ${own}`;
    for (const { likeness } of plugins) if (likeness) key += `\n${likeness(pod, scene)}`;
    const { columns } = this.#nodes;
    let sort = this.#sorts.get(key);
    this.#sorts.delete(key);
    if (!sort?.serves(columns)) {
      sort = new Remembered(columns);
      const [oldest] = this.#sorts.keys();
      if (oldest !== undefined && this.#sorts.size >= sortsMax) this.#sorts.delete(oldest);
    }
    this.#sorts.set(key, sort);
    sort.begin(columns, filters.slice(0, own), filters.slice(own));
    return sort;
  }
}

/** What is known of single nodes for one sort of pods, while they do not change. */
export class Remembered {
  #columns: NodeColumns;
  #own: readonly ReadyFilter[] = [];
  /** Filters that look further than one node: they are asked anew. */
  others: readonly ReadyFilter[] = [];
  readonly #asked: Float64Array;
  readonly #verdicts: Uint16Array;
  /** By the number of a verdict; the first one says that the node fits. */
  readonly rejections: (Rejected | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();
  readonly #scored: Float64Array;
  readonly #points = new Map<string, Int32Array>();
  readonly #found: Float64Array;
  readonly #victims: (Preemption | Rejected)[] = [];
  #victimsFor = '';

  constructor(columns: NodeColumns) {
    const { length } = columns.versions;
    this.#columns = columns;
    this.#asked = new Float64Array(length);
    this.#verdicts = new Uint16Array(length);
    this.#scored = new Float64Array(length);
    this.#found = new Float64Array(length);
  }

  get order(): Int32Array {
    return this.#columns.order;
  }

  serves({ versions }: NodeColumns): boolean {
    return this.#asked.length === versions.length && this.rejections.length < rejectionsMax;
  }

  begin(columns: NodeColumns, own: readonly ReadyFilter[], others: readonly ReadyFilter[]): void {
    this.#columns = columns;
    this.#own = own;
    this.others = others;
  }

  /** The number of what the filters of single nodes say about the node in `slot`, which is `nodes[at]`. */
  verdict(pod: Pod, slot: number, nodes: readonly NodeInfo[], at: number): number {
    const version = this.#columns.versions[slot]!;
    if (this.#asked[slot] === version) return this.#verdicts[slot]!;
    const rejected = ask(pod, this.#own, nodes[at]!);
    const number = rejected ? this.#numberOf(rejected) : 0;
    this.#asked[slot] = version;
    this.#verdicts[slot] = number;
    return number;
  }

  #numberOf(rejected: Rejected): number {
    const text = `${rejected.by}\n${rejected.curable}\n${rejected.reasons.join('\n')}`;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.rejections.push(rejected) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** Points by slot of each of these plugins, in their order, good for `nodes`. */
  points(
    scorings: readonly {
      readonly name: string;
      readonly scoring: Scoring<any>;
      readonly state: unknown;
    }[],
    nodes: readonly NodeInfo[],
  ): readonly Int32Array[] {
    const { versions } = this.#columns;
    const columns = scorings.map(({ name }) => {
      let column = this.#points.get(name);
      if (!column) this.#points.set(name, (column = new Int32Array(versions.length)));
      return column;
    });
    for (const node of nodes) {
      const { slot } = node;
      if (this.#scored[slot] === versions[slot]) continue;
      for (let at = 0; at < columns.length; at++) {
        const { scoring, state } = scorings[at]!;
        columns[at]![slot] = scoring.score(state, node);
      }
      this.#scored[slot] = versions[slot]!;
    }
    return columns;
  }

  /** Victims are looked for, `why` being all that counts for that beside node and sort. */
  lookForVictims(why: string): void {
    if (this.#victimsFor !== why) this.#found.fill(0);
    this.#victimsFor = why;
  }

  /** What came of it on a node, the last time; undefined: not known, or not true any more. */
  victimsOn({ slot }: NodeInfo): Preemption | Rejected | undefined {
    return this.#found[slot] === this.#columns.versions[slot] ? this.#victims[slot] : undefined;
  }

  keepVictims({ slot }: NodeInfo, found: Preemption | Rejected): void {
    this.#victims[slot] = found;
    this.#found[slot] = this.#columns.versions[slot]!;
  }
}
