import { type Command, command, type Words } from '../../command/command.ts';
import { Exit } from '../../command/failure.ts';
import { text } from '../../command/flags.ts';
import { fileFlags } from '../../command/shared-flags.ts';
import { messagesFor } from '../../messages/index.ts';
import { documentsOf, namesFiles, sourcesOf } from '../../objects/files.ts';
import type { Unstructured } from '../../objects/info.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';
import { noArguments } from '../api-versions.ts';
import { conversions } from './conversions.ts';
import { rewrite } from './rewrite.ts';
import { editedYaml } from './yaml-edit.ts';

const flags = {
  ...fileFlags('with manifests to rewrite'),
  output: text('yaml', 'Output format: yaml or json', { short: 'o' }),
  'output-version': text('', 'Rewrite only what goes to this version, such as apps/v1'),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  noArguments(words);
  const { output, 'output-version': version } = words.flags;
  if (!namesFiles(words.flags)) throw new Error('must specify one of -f and -k');
  if (output !== 'yaml' && output !== 'json')
    throw new Error(`unknown output format ${JSON.stringify(output)}: yaml or json`);
  if (version && !conversions.some(({ to }) => to === version))
    throw new Error(`nothing that was removed goes to ${JSON.stringify(version)}`);
  return words.flags;
}

/** `cox convert`; kubectl has no such command of its own. */
export const convert: Command = command({
  name: 'convert',
  usage: 'convert -f FILENAME',
  summary: 'Rewrite manifests of removed API versions for the versions of today',
  details: `Writes all manifests to standard output, those that need no change included, and says on standard error what it
 changed. Defaults that were others in the old version are written out, so that the objects behave as they did; comments
 stay. The exit code is 1 when something has no successor; it stands in the output as it was. No server is asked.`,
  examples: `  convert -f old.yaml > new.yaml
  convert -R -f manifests/ | cox apply -f -
  convert -f old.yaml --output-version networking.k8s.io/v1   # the ingresses and network policies alone`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const messages = messagesFor(session.env);
  const objects: Unstructured[] = [];
  const texts: string[] = [];
  let lost = 0;
  for (const source of sourcesOf(options, session).sources) {
    const text = await source.text();
    const given = await documentsOf({ ...source, text: () => Promise.resolve(text) });
    const done = given.map(({ object }) => rewrite(object, messages, options['output-version']));
    for (const { lines, isLost } of done) {
      session.io.err(lines.join(''));
      if (isLost) lost++;
    }
    const after = done.map(({ object }) => object);
    objects.push(...after);
    if (options.output === 'yaml')
      texts.push(
        ...editedYaml(
          text,
          given.map(({ object }) => object),
          after,
        ),
      );
  }
  if (options.output === 'yaml') session.io.out(texts.join('---\n'));
  else session.io.out(`${goJson(objects.length === 1 ? objects[0]! : listOf(objects), '    ')}\n`);
  if (lost > 0) throw new Exit(1);
}

const listOf = (items: readonly Unstructured[]): Unstructured =>
  ({ apiVersion: 'v1', kind: 'List', metadata: {}, items }) as unknown as Unstructured;
