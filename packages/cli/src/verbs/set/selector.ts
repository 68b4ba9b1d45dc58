import { type Command, command, type Words } from '../../command/command.ts';
import { bool, text } from '../../command/flags.ts';
import { dryRunOf, operationText } from '../../command/write-flags.ts';
import { changeOf, send } from '../../objects/change.ts';
import { eachObject, find } from '../../objects/find.ts';
import { resultPrinter } from '../../printers/formats.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { type Expression, labelSelector } from '../create/simple.ts';
import { changeFlags } from './changing.ts';

const { kustomize: _, ...ownFlags } = changeFlags;

const flags = {
  ...ownFlags,
  recursive: bool(true, 'Read the folders of -f with all that is below them', { short: 'R' }),
  'resource-version': text('', 'Change the object only while it has this version'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  const last = args.at(-1);
  if (last === undefined) throw new Error('one selector is required');
  return { ...given, dryRun, args: args.slice(0, -1), selector: labelSelector(last) };
}

/** `kubectl set selector`. */
export const selector: Command = command({
  name: 'selector',
  usage: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  summary: 'Change the labels that a service finds its pods by',
  examples: '  set selector svc web app=web,tier=front',
  flags,
  complete,
  run,
});

interface Service {
  readonly metadata: { resourceVersion?: string };
  readonly spec: { selector?: Readonly<Record<string, string>> };
}

/** Expressions as Go prints them. */
const expressionsText = (expressions: readonly Expression[]): string =>
  `[${expressions.map(({ key, operator, values = [] }) => `{${key} ${operator} [${values.join(' ')}]}`).join(' ')}]`;

async function run(options: Options, session: Session): Promise<void> {
  const { dryRun, local, 'resource-version': version } = options;
  const print = resultPrinter(options, operationText('selector updated', dryRun), 'struct');
  const found = await find(session, {
    args: options.args,
    files: options,
    isLocal: local,
    accept: accepts.builtIn,
    mayListAll: options.all,
    ...(!local && { fetch: 'latest' as const, requiresNamespace: session.namespace().isExplicit }),
  });
  await eachObject(found, async (info) => {
    const { matchLabels = {}, matchExpressions = [] } = options.selector;
    const change = changeOf(info, (service: Service, { resource }) => {
      if (resource.kind !== 'Service' || resource.group !== '')
        throw new Error('setting a selector is only supported for Services');
      if (matchExpressions.length > 0)
        throw new Error(
          `match expression ${expressionsText(matchExpressions)} not supported on this object`,
        );
      service.spec.selector = matchLabels;
    })!;
    if (change.error) throw change.error;
    // The version that the user expects is sent along, so that the server refuses another.
    const patch = version
      ? { ...change.patch, metadata: { resourceVersion: version } }
      : change.patch;
    const result =
      local || dryRun === 'client'
        ? change.after
        : await send(session, { info, patch }, { dryRun, fieldManager: options['field-manager'] });
    session.io.out(print(result));
  });
}
