import { ApiError, CustomResourceDefinitions, formatTime } from '@coxswain/api';
import { comeToRest, PacedClock, systemClock, type World } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import { readJson, writeFileAtomic } from '../home/files.ts';
import { durationMs } from '../testing/duration.ts';
import { clockDefinition, clockName, type ClusterClock, ClusterClocks } from './clock-kind.ts';

/** What of a clock outlives its process. */
interface Kept {
  readonly nowMs: number;
  readonly pace: number;
}

/** How often the time of a running clock is written down: one that was cut off goes on from there, never back by more. */
const keepMs = 5_000;

/** The clock of a cluster whose time is its own: goes on from where it was, or from the machine's time the first time. */
export async function openClusterClock(file: string, world: World): Promise<PacedClock> {
  const kept = await readJson<Kept>(file);
  const log = world.log.named('clock');
  const clock = new PacedClock(kept?.nowMs ?? systemClock.now(), (virtual) =>
    comeToRest(virtual, world.work, { isOpen: true }).catch((error: unknown) =>
      log.error('time goes on although not all has come to rest', error),
    ),
  );
  clock.setPace(kept?.pace ?? 1);
  return clock;
}

/** What keeping a clock needs. */
interface ClockParts {
  readonly clock: PacedClock;
  readonly file: string;
  readonly client: Client;
  readonly informers: Informers;
  readonly signal: AbortSignal;
}

/** Lets the object `cluster` of kind Clock say how time passes, until `signal` aborts. */
export async function keepClusterClock(parts: ClockParts): Promise<void> {
  const { clock, client, informers, signal } = parts;
  await define(client, signal);
  const keeping = keepTime(parts);
  const clocks = informers.of(ClusterClocks);
  let running: Promise<void> = Promise.resolve();
  using _seen = clocks.subscribe((changes) => {
    for (const { now } of changes)
      if (now?.metadata.name === clockName)
        running = running.then(() => obey(clock, now, client, signal));
  });
  await keeping;
  await running;
}

/** The definition and the object, unless they are there; a definition that is new is waited for by the watch of its objects. */
async function define(client: Client, signal: AbortSignal): Promise<void> {
  const ensure = async (creation: Promise<unknown>): Promise<void> => {
    await creation.catch((error: unknown) => {
      if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
    });
  };
  await ensure(client.create(CustomResourceDefinitions, clockDefinition, { signal }));
  const fields = `metadata.name=${clockDefinition.metadata.name}`;
  for await (const events of client.watch(CustomResourceDefinitions, { fields, signal }))
    if (
      events.some(({ object }) =>
        object.status?.conditions?.some(
          ({ type, status }) => type === 'Established' && status === 'True',
        ),
      )
    )
      break;
  await ensure(
    client.create(ClusterClocks, { metadata: { name: clockName }, spec: {} }, { signal }),
  );
}

/** Writes the time down while it runs, and at the end. */
async function keepTime({ clock, file, signal }: ClockParts): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(keepMs, signal).catch(() => {});
    await writeFileAtomic(file, JSON.stringify({ nowMs: clock.now(), pace: clock.pace }));
  }
}

/** Does what the object asks for, and says in its status what was done. */
async function obey(
  clock: PacedClock,
  { spec, status = {} }: ClusterClock,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const { pace = clock.pace, advance } = spec;
  if (pace !== clock.pace) clock.setPace(pace);
  let message: string | undefined;
  const isNew = advance !== undefined && advance.id !== status.advanced;
  if (isNew)
    try {
      await clock.advance(durationMs(advance.by));
    } catch (error) {
      message = (error as Error).message;
    }
  if (!isNew && status.pace === pace) return;
  const told = {
    ...{ time: formatTime(clock.now()), pace, message: message ?? null },
    ...(advance && { advanced: advance.id }),
  };
  await client
    .patch(ClusterClocks, clockName, 'merge', { status: told }, { subresource: 'status', signal })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}
