import type { World } from '@coxswain/base';
import { type Client, createRecorder, type Recorder } from '@coxswain/client';
import { Lane } from './lane.ts';

const leasesAtOnceMax = 64;
const statusesAtOnceMax = 256;
const recorders = 32;
/** Events of the whole fleet that wait to be written. */
const eventsWaitingMax = 96_000;

/** The ways by which a fleet writes, each of a bounded width, however many its nodes. */
export class FleetLanes implements AsyncDisposable {
  readonly leases: Lane = new Lane(leasesAtOnceMax);
  readonly statuses: Lane = new Lane(statusesAtOnceMax);
  readonly #recorders: readonly Recorder[];
  #next = 0;

  constructor(clientOf: (nodeName: string) => Client, world: World) {
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
