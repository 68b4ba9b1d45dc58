import type { Clock, Log } from '@coxswain/base';
import { RuntimeError, type RuntimeEvent } from '../runtime.ts';
import { type CriWire, decode } from './wire.ts';

const retryMs = 500;
const relistMs = 1_000;

/** What of containerd's events concerns pods: tasks that start, end or run out of memory. */
const containerdFilters = [
  'topic=="/tasks/start"',
  'topic=="/tasks/exit"',
  'topic=="/tasks/oom"',
] as const;

/** A command in a container has ended; only containerd tells. */
export interface CommandEnded {
  readonly type: 'commandEnded';
  readonly containerId: string;
  readonly execId: string;
}

/**
 * Events of the runtime behind `wire`, whichever way it has: containerd's event service, CRI's own stream, and only where
 * neither is served, the relist: one `lost` each second. A broken stream is opened again, with `lost` in between.
 */
export async function* runtimeEvents(
  wire: CriWire,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent | CommandEnded> {
  const ways = [containerdEvents, criEvents];
  while (!signal.aborted) {
    const way = ways[0];
    if (!way) break;
    yield { type: 'lost' };
    try {
      yield* way(wire, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RuntimeError)) throw error;
      if (error.code === 'unimplemented') {
        ways.shift();
        continue;
      }
      log.warn('the stream of runtime events broke', { error: error.message });
    }
    await clock.sleep(retryMs, signal);
  }
  // The one poll allowed: a runtime that sends no events is looked at each second.
  while (!signal.aborted) {
    yield { type: 'lost' };
    await clock.sleep(relistMs, signal);
  }
}

async function* containerdEvents(
  wire: CriWire,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent | CommandEnded> {
  const request = { filters: containerdFilters };
  for await (const envelope of wire.stream('containerd', request, signal)) {
    const event = envelope['event'] as { value: Uint8Array };
    if (envelope['topic'] === '/tasks/exit') {
      const { id, containerId } = decode('TaskExit', event.value) as Record<string, string>;
      // An exec in a container ends with an id of its own: nothing about the pod has changed.
      if (id === containerId) yield { type: 'ended', id: containerId! };
      else yield { type: 'commandEnded', containerId: containerId!, execId: id! };
      continue;
    }
    const id = decode('TaskEvent', event.value)['containerId'] as string;
    yield { type: envelope['topic'] === '/tasks/oom' ? 'oom' : 'changed', id };
  }
}

async function* criEvents(wire: CriWire, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
  for await (const event of wire.stream('cri', {}, signal))
    yield { type: 'changed', id: event['containerId'] as string };
}
