import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { encodeYaml, parseYamlDocuments } from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { bool, text, texts } from '../command/flags.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { groupVersion, isWholeCluster } from '../kustomize/ids.ts';
import { buildOptionsOf } from '../objects/files.ts';
import type { Unstructured } from '../objects/info.ts';
import type { Session } from '../session/session.ts';

const restrictions = ['LoadRestrictionsNone', 'LoadRestrictionsRootOnly'];

const flags = {
  'as-current-user': bool(false, 'For functions in containers, which are not run'),
  'enable-alpha-plugins': bool(false, 'For plugins that are programs, which are not run'),
  'enable-helm': bool(false, 'For Helm charts, which are not rendered'),
  'enable-managedby-label': bool(false, 'Put the label app.kubernetes.io/managed-by on', {
    isHidden: true,
  }),
  env: texts('For functions in containers, which are not run', { short: 'e' }),
  'helm-api-versions': texts('For Helm charts, which are not rendered'),
  'helm-command': text('helm', 'For Helm charts, which are not rendered'),
  'helm-debug': bool(false, 'For Helm charts, which are not rendered'),
  'helm-kube-version': text('', 'For Helm charts, which are not rendered'),
  'load-restrictor': text(
    'LoadRestrictionsRootOnly',
    'With LoadRestrictionsNone, files outside the folder of a kustomization may be read',
  ),
  mount: texts('For functions in containers, which are not run'),
  network: bool(false, 'For functions in containers, which are not run'),
  'network-name': text('bridge', 'For functions in containers, which are not run'),
  output: text('', 'File, or folder for a file each, to write to', { short: 'o' }),
  reorder: text('legacy', 'Order of the objects: legacy or none', { isHidden: true }),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  if (args.length > 1) throw new Error('specify one path to kustomization.yaml');
  return { ...given, path: args[0] ?? '.', changed };
}

/** `kubectl kustomize`. */
export const kustomize: Command = command({
  name: 'kustomize',
  usage: 'kustomize DIR [flags]',
  summary: 'Build a kustomization from a folder or a repository',
  details:
    'DIR is a folder with a kustomization.yaml, or the URL of a git repository with a path in it; the current folder if it is left out.',
  examples: `  kustomize                       # the current folder
  kustomize overlays/production
  kustomize https://github.com/kubernetes-sigs/kustomize.git/examples/helloWorld?ref=v1.0.6`,
  flags,
  complete,
  run,
});

const gone: Readonly<Record<string, string>> = {
  'enable-managedby-label':
    'The flag `enable-managedby-label` has been deprecated. Use the `managedByLabel` option in the `buildMetadata` field instead.',
  reorder: "use the new 'sortOptions' field in kustomization.yaml instead.",
};

async function run(options: Options, session: Session): Promise<void> {
  for (const [flag, words] of Object.entries(gone))
    if (options.changed.has(flag)) session.io.err(`Flag --${flag} has been deprecated, ${words}\n`);
  requireLegal(options);
  const built = await buildKustomization(options.path, {
    ...buildOptionsOf(session),
    isFree: options['load-restrictor'] === 'LoadRestrictionsNone',
    managedByLabel:
      options['enable-managedby-label'] || session.env['KUSTOMIZE_ENABLE_MANAGEDBY_LABEL'] === 'on',
    isSorted: options.reorder === 'legacy',
  });
  if (!options.output) return session.io.out(built);
  const path = resolve(session.cwd, options.output);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) writeEach(path, built);
  else writeFileSync(path, built);
}

/** Deprecated flags are told of before wrong values are. */
function requireLegal(options: Options): void {
  const restrictor = options['load-restrictor'];
  if (restrictor !== '' && !restrictions.includes(restrictor))
    throw new Error(
      `illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
    );
  if (options.reorder !== 'legacy' && options.reorder !== 'none')
    throw new Error(`illegal flag value --reorder ${options.reorder}; legal values: [legacy none]`);
}

/** A file for each object, named after it. */
function writeEach(folder: string, built: string): void {
  const objects = parseYamlDocuments(built).map(({ value }) => value as Unstructured);
  const idOf = ({ apiVersion = '', kind = '' }: Unstructured) => ({
    ...groupVersion(apiVersion),
    kind,
  });
  const namespaceOf = (object: Unstructured): string | undefined =>
    isWholeCluster(idOf(object)) ? undefined : object.metadata.namespace || 'default';
  const namespaces = new Set(objects.map(namespaceOf).filter(Boolean));
  for (const object of objects) {
    const { group, version, kind } = idOf(object);
    const namespace = namespaceOf(object);
    const parts = [group, version, kind, object.metadata.name].filter(Boolean).join('_');
    const before = namespace && namespaces.size > 1 ? `${namespace}_` : '';
    writeFileSync(join(folder, `${before}${parts}.yaml`.toLowerCase()), encodeYaml(object));
  }
}
