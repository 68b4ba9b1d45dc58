import type { Words } from '../../command/command.ts';
import type { Flag, Flags } from '../../command/flags.ts';
import { fileFlags, selectorFlag } from '../../command/shared-flags.ts';
import { namesFiles } from '../../objects/files.ts';
import { find, type Found } from '../../objects/find.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** Flags that say which objects a line of `rollout` is about. */
export const targetFlags: ReturnType<typeof fileFlags> & { readonly selector: Flag<string> } = {
  ...fileFlags('that names what it is about'),
  selector: selectorFlag,
};

/** What they and the arguments say. */
export interface Targets {
  readonly args: readonly string[];
  readonly filename: readonly string[];
  readonly kustomize: string;
  readonly recursive: boolean;
  readonly selector: string;
}

/** Flags and arguments, which must name something. */
export function targetsOf<F extends Flags & typeof targetFlags>({
  flags,
  args,
}: Words<F>): Words<F>['flags'] & { readonly args: readonly string[] } {
  if (args.length === 0 && !namesFiles(flags as unknown as Targets))
    throw new Error('required resource not specified');
  return { ...flags, args };
}

/** The objects as the server has them now. */
export const findTargets = (session: Session, given: Targets): Promise<Found> =>
  find(session, {
    args: given.args,
    files: given,
    labels: given.selector,
    mayListAll: true,
    fetch: 'latest',
    accept: accepts.builtIn,
  });

/** Refuses negative revisions. */
export function checkRevision(revision: number): void {
  if (revision < 0) throw new Error(`revision must be a positive integer: ${revision}`);
}

/** What is said where a selector finds nothing. */
export const tellNothing = ({ io, namespace }: Session): void =>
  io.err(`No resources found in ${namespace().name} namespace.\n`);
