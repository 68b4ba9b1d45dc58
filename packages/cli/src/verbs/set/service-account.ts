import { type Command, command, type Words } from '../../command/command.ts';
import { dryRunOf } from '../../command/write-flags.ts';
import { changesOf } from '../../objects/change.ts';
import { podSpecOf } from '../../objects/pod-template.ts';
import type { Session } from '../../session/session.ts';
import { carryOut, changeFlags, checkLocal, chosen } from './changing.ts';

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof changeFlags>) {
  dryRunOf(given['dry-run']);
  checkLocal(given);
  const name = args.at(-1);
  if (name === undefined) throw new Error('serviceaccount is required');
  return { ...given, args: args.slice(0, -1), name };
}

/** `kubectl set serviceaccount`. */
export const serviceAccount: Command = command({
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  summary: 'Change the service account that pods run as',
  examples: '  set serviceaccount deploy web bot',
  flags: changeFlags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const infos = await chosen(session, options, options.args);
  const changes = changesOf(infos, (object, info) => {
    podSpecOf(object, info).serviceAccountName = options.name;
  });
  await carryOut(session, options, changes, {
    operation: 'serviceaccount updated',
    failure: 'failed to patch ServiceAccountName ',
    sendsEmpty: true,
  });
}
