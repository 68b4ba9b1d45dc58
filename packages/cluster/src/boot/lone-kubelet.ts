import type { ComponentOptions, Remote } from './serve-component.ts';
import { Failure } from '../command/verb.ts';
/** A kubelet alone. */
export async function runLoneKubelet(
  _remote: Remote,
  _options: ComponentOptions,
  _signal: AbortSignal,
): Promise<void> {
  throw new Failure('comes with the kubelet');
}
