import { type Command, command, type Words } from '../../command/command.ts';
import { bool, type Flag, text } from '../../command/flags.ts';
import { type FileFlags, fileFlags } from '../../command/shared-flags.ts';
import {
  fieldManagerFlag,
  saveConfigFlag,
  validateFlag,
  validationOf,
} from '../../command/write-flags.ts';
import { allObjects, find } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import { printFlags } from '../../printers/formats.ts';
import { throwAll } from '../../command/failure.ts';
import type { Session } from '../../session/session.ts';
import { editObjects } from './edit-objects.ts';

/** The flag of every command that opens an editor. */
export const windowsLineEndingsFlag: Flag<boolean> = bool(
  false,
  'End the lines of the file as Windows does',
);

const flags = {
  ...printFlags,
  ...fileFlags('that names what to edit'),
  'field-manager': fieldManagerFlag('kubectl-edit'),
  'output-patch': bool(false, 'Print the patch that is sent'),
  'save-config': saveConfigFlag,
  subresource: text('', 'Subresource to edit'),
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

/** `kubectl edit`. */
export const edit: Command = command({
  name: 'edit',
  usage: 'edit (RESOURCE/NAME | -f FILENAME)',
  summary: 'Edit objects of the server in an editor',
  details:
    'The editor is that of KUBE_EDITOR or EDITOR, else vi. What the server refuses is opened again with the reason; what cannot be saved stays in a file.',
  examples: `  edit svc/web
  edit deploy web -o json
  KUBE_EDITOR=nano cox edit cm settings`,
  flags,
  complete,
  run,
});

/** The objects that a line names, as the server has them. */
export async function editable(
  options: FileFlags & { readonly args: readonly string[]; readonly subresource?: string },
  session: Session,
): Promise<readonly Info[]> {
  const found = await find(session, {
    args: options.args,
    files: options,
    mayListAll: true,
    fetch: 'latest',
    ...(options.subresource && { subresource: options.subresource }),
  });
  const { infos, errors } = await allObjects(found);
  throwAll(errors);
  return infos;
}

async function run(options: Options, session: Session): Promise<void> {
  const infos = await editable(options, session);
  if (infos.length === 0) throw new Error('edit cancelled, no objects found');
  await editObjects({ ...options, mode: 'change' }, session, infos);
}
