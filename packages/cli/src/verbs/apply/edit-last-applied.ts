import { type Command, command, type Words } from '../../command/command.ts';
import { fileFlags } from '../../command/shared-flags.ts';
import { fieldManagerFlag, validateFlag, validationOf } from '../../command/write-flags.ts';
import { infosOfText } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import { lastApplied } from '../../objects/write.ts';
import { printFlags } from '../../printers/formats.ts';
import { throwAll } from '../../command/failure.ts';
import type { Session } from '../../session/session.ts';
import { editable, windowsLineEndingsFlag } from '../edit/edit.ts';
import { editObjects } from '../edit/edit-objects.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what was applied'),
  'field-manager': fieldManagerFlag('kubectl-client-side-apply'),
  validate: validateFlag,
  'windows-line-endings': windowsLineEndingsFlag,
};

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given, args }: Words<typeof flags>) => ({
  ...given,
  args,
  validation: validationOf(given.validate),
  fieldManager: given['field-manager'],
});

/** `kubectl apply edit-last-applied`. */
export const editLastApplied: Command = command({
  name: 'edit-last-applied',
  usage: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  summary: 'Edit the annotation of what was applied last',
  examples: '  apply edit-last-applied deploy/web -o json',
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const applied: Info[] = [];
  for (const { object } of await editable(options, session)) {
    const text = lastApplied(object!);
    if (text === undefined) continue;
    const { infos, errors } = await infosOfText(session, 'edited-file', text);
    throwAll(errors);
    applied.push(infos[0]!);
  }
  if (applied.length === 0)
    throw new Error(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    );
  await editObjects({ ...options, mode: 'last-applied' }, session, applied);
}
