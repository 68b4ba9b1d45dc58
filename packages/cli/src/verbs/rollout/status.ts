import { type Command, command, type Words } from '../../command/command.ts';
import { bool, duration, int } from '../../command/flags.ts';
import { knownObject } from '../../objects/change.ts';
import { eachObject } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { until } from '../../objects/until.ts';
import type { Session } from '../../session/session.ts';
import { type ProgressOf, progressOf } from './status-text.ts';
import { checkRevision, findTargets, targetFlags, targetsOf, tellNothing } from './targets.ts';

const flags = {
  ...targetFlags,
  revision: int(0, 'Tell of this revision only; 0 for the last', { type: 'int' }),
  timeout: duration('0s', 'How long to wait; 0 for as long as it takes'),
  watch: bool(true, 'Wait for the end of the rollout', { short: 'w' }),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  const options = targetsOf(words);
  checkRevision(options.revision);
  return options;
}

/** `kubectl rollout status`. */
export const status: Command = command({
  name: 'status',
  usage: 'status (TYPE NAME | TYPE/NAME) [flags]',
  summary: 'Tell how far a rollout is, until it is over',
  examples: `  rollout status deploy/web
  rollout status deploy/web --timeout=2m
  rollout status deploy/web --watch=false    # as it is now`,
  flags,
  complete,
  run,
  stopCode: () => 1,
});

async function run(options: Options, session: Session): Promise<void> {
  const found = await findTargets(session, options);
  const count = await eachObject(found, async (info) => {
    knownObject(info);
    const { group, kind } = info.resource;
    const progress = group === 'apps' && progressOf[kind];
    if (!progress)
      throw new Error(
        `no status viewer has been implemented for ${group ? `${kind}.${group}` : kind}`,
      );
    await followed(options, session, info, progress);
  });
  if (count === 0) tellNothing(session);
}

/** Prints each state of the object until its rollout is over. */
async function followed(
  { revision, timeout, watch }: Options,
  session: Session,
  info: Info,
  progress: ProgressOf,
): Promise<void> {
  const told = (object: Unstructured): boolean => {
    const { text, isDone } = progress(object as never, revision);
    session.io.out(text);
    return isDone ?? !watch;
  };
  const late = timeout > 0 ? AbortSignal.timeout(timeout) : undefined;
  const timedOut = new Promise<never>((_, reject) => {
    late?.addEventListener('abort', () => reject(new Error('timed out waiting for the condition')));
  });
  let seen = '';
  const wanted = (object: Unstructured | undefined): boolean => {
    if (!object && seen) throw new Error('object has been deleted');
    if (!object || object.metadata.resourceVersion === seen) return false;
    seen = object.metadata.resourceVersion ?? '';
    return told(object);
  };
  await Promise.race([until(session, info, wanted), timedOut]);
}
