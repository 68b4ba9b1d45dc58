import type { ApiAnswer } from '@coxswain/api';
import type { LogLine } from '@coxswain/base';
import type { Step, Model } from '../scene/model.ts';
import type { Process } from '../scene/process.ts';
import type { Request } from '../scene/requests.ts';

/** What a promise may look at. */
export interface View {
  readonly model: Model;
  readonly processes: ReadonlyMap<string, Process>;
  readonly nowMs: () => number;
}

/** What one promise wants to hear of. Each call yields what is broken, in a sentence each. */
export interface Watcher {
  /** The kinds whose changes it wants to hear of; all, if it names none. */
  readonly kinds?: readonly string[];
  /** Each object's change, after the model has it. */
  readonly step?: (step: Step) => Iterable<string>;
  /** Each answer that a component heard. */
  readonly answer?: (request: Request, answer: ApiAnswer) => Iterable<string>;
  readonly log?: (line: LogLine) => Iterable<string>;
  /** When faults are over and time has passed: what is not yet as it should be in the end. */
  readonly end?: () => Iterable<string>;
  /** When all is as it should be: what was never so. */
  readonly last?: () => Iterable<string>;
}

/** Something that Kubernetes promises whatever goes wrong. */
export interface Invariant {
  readonly name: string;
  readonly watch: (view: View) => Watcher;
}

/** The longest that what a component sees may lie behind: it was cut off, waited to connect again, and then acted at once. */
export const staleMsMax = 300_000;
