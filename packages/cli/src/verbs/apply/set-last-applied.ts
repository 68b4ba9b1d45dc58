import { createMergePatch } from '@coxswain/api';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool, list } from '../../command/flags.ts';
import { dryRunFlag, dryRunOf, operationText } from '../../command/write-flags.ts';
import { fetched } from '../../objects/fetched.ts';
import { find } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { lastApplied, lastAppliedAnnotation, patch } from '../../objects/write.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';

const flags = {
  ...printFlags,
  'create-annotation': bool(false, 'Make the annotation where there is none'),
  'dry-run': dryRunFlag,
  filename: list('File, folder or URL with what counts as applied', { short: 'f' }),
};

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given }: Words<typeof flags>) => ({
  ...given,
  dryRun: dryRunOf(given['dry-run']),
});

/** `kubectl apply set-last-applied`. */
export const setLastApplied: Command = command({
  name: 'set-last-applied',
  usage: 'set-last-applied -f FILENAME',
  summary: 'Set the annotation of what was applied last to what files hold',
  details: 'Nothing else of the objects is changed.',
  examples: `  apply set-last-applied -f app.yaml
  apply set-last-applied -f app.yaml --create-annotation`,
  flags,
  complete,
  run,
});

/** The object as what was applied last. */
export function lastAppliedPatch(object: Unstructured): {
  readonly text: string;
  readonly patch: string;
} {
  const text = `${goJson(object)}\n`;
  const { annotations = {} } = object.metadata;
  const after = {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, [lastAppliedAnnotation]: text },
    },
  };
  return { text, patch: goJson(createMergePatch(object, after)) };
}

async function run(options: Options, session: Session): Promise<void> {
  const print = resultPrinter(options, operationText('configured', options.dryRun));
  const found = await find(session, { files: options });
  const changed: (readonly [Info, string])[] = [];
  for await (const info of found.items()) {
    if (info instanceof Error) throw info;
    const { text, patch: body } = lastAppliedPatch(info.object!);
    const current = await fetched(session, {}, info);
    const before = lastApplied(current.object!);
    if (before === undefined && !options['create-annotation'])
      throw new Error(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    if (before !== undefined && goJson(JSON.parse(before)) === goJson(JSON.parse(text)))
      session.io.out(`set-last-applied ${info.name}: no changes required.\n`);
    else changed.push([current, body]);
  }
  for (const [info, body] of changed) {
    const { dryRun } = options;
    const result =
      dryRun === 'client' ? info : await patch(session, info, 'merge', body, { dryRun });
    session.io.out(print(result.object!));
  }
}
