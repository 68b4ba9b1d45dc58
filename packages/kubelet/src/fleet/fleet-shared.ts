import { createRecorder, type Recorder } from '@coxswain/client';
import type { PodHost } from '../host.ts';
import type { References } from '../pods/environment.ts';
import type { FleetParts } from './fleet.ts';
import type { FleetNode } from './fleet-node.ts';
import { Lane } from './lane.ts';
import { fleetHost, fleetReferences } from './references.ts';

const leasesAtOnceMax = 64;
const statusesAtOnceMax = 256;
const recorders = 2;
/** Events of the whole fleet that wait to be written. */
const eventsWaitingMax = 96_000;

/** What the nodes of a fleet share: the ways by which they write, each of a bounded width, and what pods refer to. */
export class FleetShared implements AsyncDisposable {
  readonly leases: Lane = new Lane(leasesAtOnceMax);
  readonly statuses: Lane = new Lane(statusesAtOnceMax);
  readonly references: References;
  readonly host: PodHost;
  /** When this fleet began. */
  readonly sinceMs: number;
  /** Shows a node that was cut off what has happened. */
  readonly catchUp: (node: FleetNode) => void;
  readonly #recorders: readonly Recorder[];
  #next = 0;

  constructor(
    { clientOf, world, informers, signal }: FleetParts,
    catchUp: (node: FleetNode) => void,
  ) {
    this.catchUp = catchUp;
    this.sinceMs = world.clock.now();
    this.references = fleetReferences(informers, signal);
    this.host = fleetHost(this.references);
    this.#recorders = Array.from({ length: recorders }, () =>
      createRecorder(
        ({ source }) => clientOf(source?.host ?? ''),
        world,
        { component: 'kubelet' },
        eventsWaitingMax / recorders,
      ),
    );
  }

  /** Events of one node are written one after another. */
  recorderOf(host: string): Recorder {
    const recorder = this.#recorders[this.#next++ % recorders]!;
    return {
      record: (occurrence) => recorder.record({ ...occurrence, host }),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#recorders.map((recorder) => recorder[Symbol.asyncDispose]()));
  }
}
