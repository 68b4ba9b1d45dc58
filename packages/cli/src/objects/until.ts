import type { Session } from '../session/session.ts';
import type { Info, Unstructured } from './info.ts';
import { statesOf } from './states.ts';

/** What is waited for, asked of the object each time that it changes: undefined when it is not there. Throws to give up. */
export type Wanted = (object: Unstructured | undefined, isFirst: boolean) => boolean;

/** Watches one object until it is as wanted, and gives it as it was seen last. */
export async function until(
  session: Session,
  info: Info,
  isWanted: Wanted,
  signal: AbortSignal = session.signal,
): Promise<Unstructured | undefined> {
  let seen: Unstructured | undefined;
  let isFirst = true;
  for await (const { object } of statesOf(session, info, signal)) {
    seen = object ?? seen;
    if (isWanted(object, isFirst)) return seen;
    isFirst = false;
  }
  return seen;
}
