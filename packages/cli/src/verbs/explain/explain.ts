import { type Command, command, type Words } from '../../command/command.ts';
import { bool, text } from '../../command/flags.ts';
import { parseTemplate } from '../../jsonpath/parse.ts';
import type { Discovered } from '../../session/discovery.ts';
import { mapWord } from '../../session/mapper.ts';
import { openApiDocument, type OpenApiPaths, openApiPaths } from '../../session/openapi.ts';
import type { Session } from '../../session/session.ts';
import { plaintextV2 } from './openapi-v2.ts';
import { plaintext, type Question } from './plaintext.ts';
import type { Document, GroupKind, Schema } from './schema.ts';

const flags = {
  'api-version': text('', 'Explain it as this API version has it (group/version)'),
  output: text('plaintext', 'Form of the explanation: plaintext or plaintext-openapiv2', {
    short: 'o',
  }),
  recursive: bool(false, 'List the fields of fields too, without what they mean', { short: 'R' }),
};

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given, args }: Words<typeof flags>) => ({ ...given, args });

/** `kubectl explain`. */
export const explain: Command = command({
  name: 'explain',
  usage:
    'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  summary: 'Tell what a kind and its fields mean',
  details:
    'The server says it, of custom resources too: fields are named by dots, as in pods.spec.',
  examples: `  explain pods                           # what a pod is made of
  explain pods.spec.containers.ports     # one field
  explain deployments --recursive        # all fields, by name
  explain cronjobs --api-version=batch/v1`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const { args, output, recursive } = options;
  const [word = ''] = args;
  if (args.length === 0)
    throw new Error(
      `You must specify the type of resource to explain. Use "${session.program} api-resources" for a complete list of supported resources.\n`,
    );
  if (args.length > 1) throw new Error('We accept only this format: explain RESOURCE\n');
  const { resource, fields } = await asked(session, word, options['api-version'] === '');
  const question: Question = { fields, recursive };
  const [version = '', group = ''] = options['api-version'].split('/').toReversed();
  const wanted = version ? { ...resource, version, group } : resource;
  const paths = output === 'plaintext-openapiv2' ? undefined : await pathsOf(session, output);
  if (!paths) return explainV2(session, wanted, question);
  const path = `${wanted.group ? `apis/${wanted.group}` : 'api'}/${wanted.version}`;
  const url = paths[path]?.serverRelativeURL;
  const told = `${wanted.group}/${wanted.version}, Resource=${wanted.resource}`;
  if (!url) throw new Error(`couldn't find resource for ${JSON.stringify(told)}`);
  const document = await documentOf(session, url);
  if (output !== 'plaintext') throw new Error(`unrecognized format: ${output}`);
  const kind = kindOf(document, wanted);
  if (!kind) throw new Error(`error: GVR (${told}) not found in OpenAPI schema`);
  const { text: shown, error } = plaintext(document, kind, question);
  session.io.out(shown);
  if (error) throw new Error(error);
}

/** The resource and the fields that a word names; a group may stand between them where `mayName` says so. */
async function asked(
  session: Session,
  word: string,
  mayName: boolean,
): Promise<{ readonly resource: Discovered; readonly fields: readonly string[] }> {
  const [first = '', ...rest] = names(word, mayName ? firstWrong : anyWrong);
  const resource = await mapWord(session, first, 2);
  if (!mayName) return { resource, fields: rest };
  const { groups, resources } = await session.discovery();
  for (const { name: group, versions } of groups)
    for (const version of versions) {
      const found = resources.find(
        (each) =>
          each.group === group && each.version === version && each.resource === resource.resource,
      );
      const full = `${resource.resource}${group && `.${group}`}`;
      if (!found || !word.startsWith(full)) continue;
      const suffix = word.slice(full.length);
      return { resource: found, fields: suffix ? names(`x${suffix}`, firstWrong).slice(1) : [] };
    }
  return { resource, fields: rest };
}

const firstWrong = 'first node must be field node';
const anyWrong = 'all nodes must be field nodes';

/** The words between dots; anything else that JSONPath knows has no place here. */
function names(path: string, wrong: string): readonly string[] {
  const [piece] = parseTemplate(`{.${path.replace(/\.$/, '')}}`);
  const steps = piece?.piece === 'path' ? piece.path : [];
  return steps.map((step) => {
    if (step.step === 'field') return step.name;
    throw new Error(`invalid jsonpath syntax, ${wrong}`);
  });
}

/** What OpenAPI v3 there is; nothing where the server has none and v2 will do. */
async function pathsOf(session: Session, output: string): Promise<OpenApiPaths | undefined> {
  try {
    return await openApiPaths(session);
  } catch (cause) {
    if (output === 'plaintext') return undefined;
    throw new Error(`failed to fetch list of groupVersions: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function documentOf(session: Session, url: string): Promise<Document> {
  const { components, paths } = await openApiDocument<{
    components?: { schemas?: Readonly<Record<string, Schema>> };
    paths?: NonNullable<Document['paths']>;
  }>(session, url);
  return { schemas: components?.schemas ?? {}, paths: paths ?? {} };
}

const verbs = ['get', 'post', 'put', 'patch', 'delete'];

/** The kind that a resource's operations are for. */
function kindOf(
  { paths = {} }: Document,
  { group, version, resource }: Pick<Discovered, 'group' | 'version' | 'resource'>,
): GroupKind | undefined {
  const base = `${group ? `/apis/${group}` : '/api'}/${version}`;
  const operations = [base, `${base}/namespaces/{namespace}`]
    .flatMap((prefix) => [`${prefix}/${resource}`, `${prefix}/${resource}/{name}`])
    .flatMap((path) => verbs.map((verb) => paths[path]?.[verb]));
  return operations.find((each) => each?.['x-kubernetes-group-version-kind'])?.[
    'x-kubernetes-group-version-kind'
  ];
}

async function explainV2(
  session: Session,
  { group, version, kind }: Discovered,
  question: Question,
): Promise<void> {
  const { definitions } = await session
    .rest()
    .json<{ definitions: Document['schemas'] }>({ method: 'GET', path: '/openapi/v2' });
  session.io.out(plaintextV2({ schemas: definitions }, { group, version, kind }, question));
}
