import { HelpError } from '../../command/failure.ts';
import type { ConfigPlace } from '../../config/edit-kubeconfig.ts';
import type { Session } from '../../session/session.ts';
import { traceConfig } from '../../session/trace.ts';

/** The files that a `config` command is about. */
export const placeOf = (session: Session): ConfigPlace => ({
  ...{ explicit: session.global.kubeconfig, env: session.env },
  onRead: (path) => traceConfig(session, path),
});

/** Exactly so many words; help and a sentence otherwise. */
export function exactly(count: number, args: readonly string[]): void {
  if (args.length !== count) throw new HelpError(`Unexpected args: [${args.join(' ')}]`);
}
