import { groupVersion, SelfSubjectAccessReviews, SelfSubjectRulesReviews } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { type Command, command, type Words } from '../../command/command.ts';
import { Exit } from '../../command/failure.ts';
import { bool, text } from '../../command/flags.ts';
import { aligned, tableLayout } from '../../printers/tab-writer.ts';
import { typed } from '../../objects/typed.ts';
import type { Discovered } from '../../session/discovery.ts';
import { mapResource } from '../../session/mapper.ts';
import { aside } from '../../session/asides.ts';
import { accepts, typedBody } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { ruleColumns, ruleRows } from '../describe/rbac.ts';

const flags = {
  'all-namespaces': bool(false, 'Ask for all namespaces', { short: 'A' }),
  list: bool(false, 'Print all that is allowed'),
  'no-headers': bool(false, 'With --list: leave the line of headers out'),
  quiet: bool(false, 'Say nothing: the exit code is the answer', { short: 'q' }),
  subresource: text('', 'Subresource, such as log or scale'),
};

const resourceVerbs = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);
const pathVerbs = new Set('get put post head options delete patch *'.split(' '));
/** Resources that no server lists. */
const unlisted = new Set(['users', 'groups']);

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const [verb = '', what = ''] = args;
  if (given.list) {
    if (args.length > 0) throw new Error('list option must be specified with no arguments');
    if (given.quiet || given['all-namespaces'] || given.subresource)
      throw new Error(
        "list option can't be specified with neither quiet, all-namespaces nor subresource options",
      );
  } else if (args.length !== 2)
    throw new Error(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  return { ...given, verb, what };
}

/** `kubectl auth can-i`. */
export const canI: Command = command({
  name: 'can-i',
  usage: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  summary: 'Ask whether something is allowed',
  examples: `  auth can-i create deployments -n shop
  auth can-i get pods/web-0 --subresource=log
  auth can-i get /healthz
  auth can-i delete nodes --as=ann
  auth can-i --list                # all that is allowed here`,
  flags,
  complete,
  run,
});

interface Access {
  readonly status: {
    readonly allowed?: boolean;
    readonly reason?: string;
    readonly evaluationError?: string;
  };
}

async function run(options: Options, session: Session): Promise<void> {
  if (options.list) return list(options, session);
  const isPath = options.what.startsWith('/');
  const spec = isPath ? pathSpec(options, session) : await resourceSpec(options, session);
  if (options['no-headers']) throw new Error('--no-headers cannot be set without --list specified');
  const { status } = await reviewed<Access>(session, SelfSubjectAccessReviews, spec);
  const because = [status.reason, status.evaluationError].filter(Boolean);
  const answer = status.allowed ? 'yes' : ['no', ...because].join(' - ');
  if (!options.quiet) session.io.out(`${answer}\n`);
  if (!status.allowed) throw new Exit(1);
}

const warn = (session: Session, words: string): void => session.warn(`Warning: ${words}\n\n`);

function pathSpec({ verb, what, subresource }: Options, session: Session): object {
  if (subresource) throw new Error('--subresource can not be used with NonResourceURL');
  if (!pathVerbs.has(verb)) warn(session, `verb '${verb}' is not a known verb`);
  return { nonResourceAttributes: { verb, path: what } };
}

async function resourceSpec(options: Options, session: Session): Promise<object> {
  const { verb, what, subresource } = options;
  const slash = what.indexOf('/');
  const [word, name] = slash < 0 ? [what, ''] : [what.slice(0, slash), what.slice(slash + 1)];
  const found = word === '*' ? undefined : await resourceOf(session, word);
  const isEverywhere = options['all-namespaces'];
  if (!isEverywhere) {
    const { resource = '', group = '' } = found ?? {};
    if (found)
      await aside(session, pathOf({ ...found, namespaced: false }, {}).replace(/\/[^/]+$/, ''), {
        ...{ accept: accepts.builtIn, place: 'discovery_client.go:413' },
      });
    if (found && !found.namespaced)
      warn(
        session,
        `resource '${resource}' is not namespace scoped${group && ` in group '${group}'`}`,
      );
    if (!resourceVerbs.has(verb)) warn(session, `verb '${verb}' is not a known verb`);
  }
  return {
    resourceAttributes: {
      verb,
      resource: found?.resource ?? word,
      ...(found?.group && { group: found.group }),
      ...(!isEverywhere && { namespace: session.namespace().name }),
      ...(subresource && { subresource }),
      ...(name && { name }),
    },
  };
}

/** What the server calls it; words that it does not know are asked for as they are. */
async function resourceOf(session: Session, given: string): Promise<Discovered | undefined> {
  const word = given.toLowerCase();
  try {
    return await mapResource(session, word, 2);
  } catch {
    const dot = word.indexOf('.');
    const [resource, group] = dot < 0 ? [word, ''] : [word.slice(0, dot), word.slice(dot + 1)];
    if (!unlisted.has(word))
      warn(
        session,
        `the server doesn't have a resource type '${resource}'${group && ` in group '${group}'`}`,
      );
    return undefined;
  }
}

interface Rules {
  readonly status: {
    readonly resourceRules?: readonly PolicyRule[];
    readonly nonResourceRules?: readonly PolicyRule[];
    readonly incomplete?: boolean;
    readonly evaluationError?: string;
  };
}

async function list(options: Options, session: Session): Promise<void> {
  const namespace = session.namespace().name;
  const { status } = await reviewed<Rules>(session, SelfSubjectRulesReviews, { namespace });
  if (status.incomplete)
    session.warn(`Warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`);
  const rules = [...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])];
  const headers = options['no-headers'] ? [] : [ruleColumns.join('\t')];
  const lines = [...headers, ...ruleRows(rules)].map((line) => `${line}\n`);
  session.io.out(aligned(lines.join(''), tableLayout));
}

const reviewed = async <Answer>(
  session: Session,
  resource: typeof SelfSubjectAccessReviews | typeof SelfSubjectRulesReviews,
  spec: object,
): Promise<Answer> => {
  const { kind } = resource;
  const asked = typed({ apiVersion: groupVersion(resource), kind, spec });
  return session.rest().json<Answer>({
    ...{ method: 'POST', path: pathOf(resource, {}), ...(await typedBody(asked)) },
  });
};
