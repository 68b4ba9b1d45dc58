import { type Command, command, type Words } from '../../command/command.ts';
import { int } from '../../command/flags.ts';
import { eachObject } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import { aligned } from '../../printers/tab-writer.ts';
import type { Session } from '../../session/session.ts';
import { checkHistory, type Revision, revisionsOf, templateText } from './revisions.ts';
import { checkRevision, findTargets, targetFlags, targetsOf } from './targets.ts';

const flags = {
  ...printFlags,
  ...targetFlags,
  revision: int(0, 'Show this revision with all it runs'),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  const options = targetsOf(words);
  checkRevision(options.revision);
  return options;
}

/** `kubectl rollout history`. */
export const history: Command = command({
  name: 'history',
  usage: 'history (TYPE NAME | TYPE/NAME) [flags]',
  summary: 'Show the revisions of a deployment, daemon set or stateful set',
  examples: `  rollout history deploy/web
  rollout history deploy/web --revision=3`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const printer =
    options.output || options.template ? printerOf(options, '', {}, 'struct') : undefined;
  await eachObject(await findTargets(session, options), async (info) => {
    checkHistory(info, 'history', 'history viewer');
    const revisions = await allOf(session, info);
    const { revision } = options;
    const one = revisions.find(({ number }) => number === revision);
    if (revision > 0 && !one && (printer || revisions.length > 0))
      throw new Error('unable to find the specified revision');
    if (printer) {
      for (const { shown } of one ? [one] : revisions) session.io.out(printer(shown()));
      return;
    }
    const text = one ? templateText(one.template()) : tableOf(revisions);
    const head = revision > 0 ? `with revision #${revision}` : '';
    const print = printerOf({ ...options, output: 'name' }, `${head}\n${text}`);
    session.io.out(print(typed(info.object!)));
  });
}

async function allOf(session: Session, info: Info): Promise<readonly Revision[]> {
  try {
    return (await revisionsOf(session, info)).revisions;
  } catch (cause) {
    const { kind } = info.resource;
    const what = kind === 'Deployment' ? 'deployment' : kind;
    throw new Error(`failed to retrieve ${what} ${info.name}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function tableOf(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.';
  const rows = revisions.map(
    ({ number, changeCause }) => `${number}\t${changeCause || '<none>'}\n`,
  );
  return aligned(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`);
}
