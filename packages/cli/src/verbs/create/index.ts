import { type Command, command, entryOf, type Words } from '../../command/command.ts';
import { UsageError } from '../../command/failure.ts';
import { bool, type Given, text } from '../../command/flags.ts';
import { fileFlags, selectorFlag } from '../../command/shared-flags.ts';
import {
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
  saveConfigFlag,
  validateFlag,
  validationOf,
} from '../../command/write-flags.ts';
import { namesFiles } from '../../objects/files.ts';
import { eachObject, find } from '../../objects/find.ts';
import type { Unstructured } from '../../objects/info.ts';
import { create as send, withSavedConfig, withSource } from '../../objects/write.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { checkRawPath, rawRequest } from '../../session/raw-request.ts';
import type { Session } from '../../session/session.ts';
import { configMap, secret } from './config.ts';
import { ingress } from './ingress.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { service } from './service.ts';
import { namespace, podDisruptionBudget, priorityClass, quota, serviceAccount } from './simple.ts';
import { token } from './token.ts';
import { cronJob, deployment, job } from './workloads.ts';

const generators: readonly Command[] = [
  ...[clusterRole, clusterRoleBinding, configMap, cronJob, deployment, ingress, job, namespace],
  ...[podDisruptionBudget, priorityClass, quota, role, roleBinding, secret, service],
  ...[serviceAccount, token],
];

const flags = {
  ...printFlags,
  ...fileFlags('that holds what to create'),
  'dry-run': dryRunFlag,
  edit: bool(false, 'Open the objects in an editor before they are created'),
  'field-manager': fieldManagerFlag('kubectl-create'),
  raw: text('', 'Path to send the file to by POST as it is'),
  'save-config': saveConfigFlag,
  selector: selectorFlag,
  validate: validateFlag,
  'windows-line-endings': bool(false, 'With --edit: end lines as Windows does'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  const dryRun = dryRunOf(given['dry-run']);
  const validation = validationOf(given.validate);
  if (!namesFiles(given)) throw new Error('must specify one of -f and -k');
  if (given.raw) checkRaw(given);
  return { ...given, dryRun, validation };
}

function checkRaw({
  filename,
  recursive,
  selector,
  output,
  raw,
}: Given<typeof flags>['flags']): void {
  if (filename.length !== 1) throw new Error('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(filename[0]!)) throw new Error('--raw cannot read from a url');
  if (recursive) throw new Error('--raw and --recursive are mutually exclusive');
  if (selector) throw new Error('--raw and --selector (-l) are mutually exclusive');
  if (output) throw new Error('--raw and --output are mutually exclusive');
  checkRawPath(raw);
}

/** `kubectl create`. */
export const create: Command = command({
  name: 'create',
  usage: 'create -f FILENAME',
  summary: 'Create objects from files, or of a kind by its flags',
  examples: `  create -f app.yaml                       # what a file holds
  create deployment web --image=nginx      # of a kind by its flags
  create deployment web --image=nginx --dry-run=client -o yaml > web.yaml`,
  flags,
  commands: generators.map(entryOf),
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  if (options.raw) {
    session.io.out(await rawRequest(session, 'POST', options.raw, options.filename[0]!));
    return;
  }
  if (options.edit) return createEdited(options, session);
  const { dryRun, validation } = options;
  const print = resultPrinter(options, operationText('created', dryRun));
  const found = await find(session, {
    files: options,
    validation: options.validation,
    labels: options.selector,
  });
  const count = await eachObject(found, async (info) => {
    const object = withSavedConfig(info.object!, options['save-config']);
    const sent = { ...info, object: withoutVersion(object) };
    const made =
      dryRun === 'client'
        ? { object }
        : await send(session, sent, {
            ...{ dryRun, validation, fieldManager: options['field-manager'] },
          }).catch((error: unknown) => {
            throw withSource('creating', info.source, error);
          });
    session.io.out(print(made.object!));
  });
  if (count === 0) throw new Error('no objects passed to create');
}

/** Each object is edited by itself before it is sent. */
async function createEdited(options: Options, session: Session): Promise<void> {
  const { editObjects } = await import('../edit/edit-objects.ts');
  const found = await find(session, { files: options });
  const settings = { ...options, mode: 'create', fieldManager: options['field-manager'] } as const;
  await eachObject(found, (info) => editObjects(settings, session, [info]));
}

/** What is created anew has no version yet, whatever the file says. */
export function withoutVersion(object: Unstructured): Unstructured {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
