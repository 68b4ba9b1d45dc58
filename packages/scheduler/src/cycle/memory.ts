import type { Pod } from '@coxswain/api/types/core-v1';
import type { Choice, Scene, SchedulerPlugin, Scoring } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { ask, type Rejected } from './find-nodes.ts';
import type { Preemption } from './preempt.ts';
import type { ReadyFilter } from './prepare.ts';
import type { ReadyScoring } from './score-nodes.ts';

/** Nodes by their slots. */
export interface NodeColumns {
  /** Another number each time the node changes, or what its pods take of it. */
  readonly versions: Float64Array;
  /** Another one also each time one of its pods has another revision. */
  readonly podVersions: Float64Array;
  /** The slots of the nodes of the list, in its order. */
  readonly order: Int32Array;
}

/** Points by the slots of nodes. */
export interface Scored {
  /** The sum of those that count as they are. */
  readonly weighed: Int32Array;
  /** Those that count by the highest among the nodes in question. `most`: no node has had more. */
  readonly relative: {
    readonly scoring: Scoring<any>;
    readonly column: Int32Array;
    most: number;
  }[];
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
  #points: Scored | undefined;
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

  /** The points that these plugins give, always the same ones, level for the nodes of `choice`. */
  score(scorings: readonly ReadyScoring[], { nodes, slots }: Choice): Scored {
    const { versions } = this.#columns;
    this.#points ??= {
      weighed: new Int32Array(versions.length),
      relative: scorings
        .filter(({ scoring }) => scoring.normalize)
        .map(({ scoring }) => ({ scoring, column: new Int32Array(versions.length), most: 0 })),
    };
    const points = this.#points;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at]!;
      if (this.#scored[slot] === versions[slot]) continue;
      this.#scored[slot] = versions[slot]!;
      scoreOne(points, scorings, nodes[at]!);
    }
    return points;
  }

  /** Victims are looked for, `why` being all that counts for that beside node and sort. */
  lookForVictims(why: string): void {
    if (this.#victimsFor !== why) this.#found.fill(0);
    this.#victimsFor = why;
  }

  /** What came of it on a node, the last time; undefined: not known, or not true any more. */
  victimsOn({ slot }: NodeInfo): Preemption | Rejected | undefined {
    return this.#found[slot] === this.#columns.podVersions[slot] ? this.#victims[slot] : undefined;
  }

  keepVictims({ slot }: NodeInfo, found: Preemption | Rejected): void {
    this.#victims[slot] = found;
    this.#found[slot] = this.#columns.podVersions[slot]!;
  }
}

function scoreOne(
  { weighed, relative }: Scored,
  scorings: readonly ReadyScoring[],
  node: NodeInfo,
): void {
  let sum = 0;
  let at = 0;
  for (const { scoring, state } of scorings) {
    const points = scoring.score!(state, node);
    if (!scoring.normalize) sum += points * scoring.weight;
    else {
      const own = relative[at++]!;
      own.column[node.slot] = points;
      if (points > own.most) own.most = points;
    }
  }
  weighed[node.slot] = sum;
}
