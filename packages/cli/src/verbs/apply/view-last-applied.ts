import { encodeYaml } from '@coxswain/api';
import { type Command, command, type Words } from '../../command/command.ts';
import { UsageError } from '../../command/failure.ts';
import { bool, text } from '../../command/flags.ts';
import { fileFlags, selectorFlag } from '../../command/shared-flags.ts';
import { find } from '../../objects/find.ts';
import { lastApplied } from '../../objects/write.ts';
import type { Session } from '../../session/session.ts';

const flags = {
  ...fileFlags('that names what was applied'),
  all: bool(false, 'All objects of the named resources'),
  output: text('yaml', 'Output format: yaml or json', { short: 'o' }),
  selector: selectorFlag,
};

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given, args }: Words<typeof flags>) => ({ ...given, args });

/** `kubectl apply view-last-applied`. */
export const viewLastApplied: Command = command({
  name: 'view-last-applied',
  usage: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  summary: 'Show what was applied last',
  examples: `  apply view-last-applied deploy/web
  apply view-last-applied -f app.yaml -o json`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const found = await find(session, {
    args: options.args,
    files: options,
    labels: options.selector,
    all: options.all,
    mayListAll: session.namespace().isExplicit,
    fetch: 'latest',
  });
  const texts: string[] = [];
  for await (const info of found.items()) {
    if (info instanceof Error) throw info;
    const applied = lastApplied(info.object!);
    if (applied !== undefined) texts.push(applied);
  }
  for (const applied of texts)
    if (options.output === 'yaml') session.io.out(encodeYaml(JSON.parse(applied)));
    else if (options.output === 'json')
      session.io.out(`${JSON.stringify(JSON.parse(applied), null, 2)}\n`);
    else
      throw new UsageError(
        `Unexpected -o output mode: ${options.output}, the flag 'output' must be one of yaml|json`,
      );
}
