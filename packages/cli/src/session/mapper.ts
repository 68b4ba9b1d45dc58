import { Exit } from '../command/failure.ts';
import type { Discovered, Discovery } from './discovery.ts';
import type { Session } from './session.ts';
import { traceForgotten } from './trace.ts';

/** No resource of that name is served: told in kubectl's words. */
export class NoResource extends Error {
  override readonly name = 'NoResource';
}

/** No such kind is served. */
export class NoKind extends Error {
  override readonly name = 'NoKind';
}

interface Wanted {
  readonly resource: string;
  readonly group?: string;
  readonly version?: string;
}

/** So often kubectl asks a server that does not answer what a word means. */
const asksOfWords = 4;

/**
 * The resource that a word of the command line names: plural, singular, short name or kind, with
 * `.VERSION.GROUP` or `.GROUP` behind it. Of several the server's first group and preferred version count.
 */
export async function mapResource(
  session: Session,
  word: string,
  asks: number = asksOfWords,
): Promise<Discovered> {
  const found = await sought(session, (discovery) => byWord(discovery, word, session), asks);
  if (found) return found;
  const discovery = await session.discovery();
  if (discovery.failures.size > 0) tellFailures(discovery, session);
  const [resource = ''] = word.split('.');
  throw new NoResource(`the server doesn't have a resource type ${JSON.stringify(resource)}`);
}

/** Looks something up in what the server serves; asks the server again where it was remembered without it. */
async function sought<T>(
  session: Session,
  look: (discovery: Discovery) => T | undefined,
  asks: number,
): Promise<T | undefined> {
  const discovery = await session.discovery(undefined, asks);
  const found = look(discovery);
  if (found !== undefined || !discovery.isKept) return found;
  traceForgotten(session);
  return look(await session.discovery('fresh'));
}

function byWord(discovery: Discovery, word: string, session: Session): Discovered | undefined {
  const [resource = '', ...rest] = word.split('.');
  const lower = resource.toLowerCase();
  return (
    (rest.length >= 2 &&
      pick(
        discovery,
        { resource: lower, version: rest[0]!, group: rest.slice(1).join('.') },
        session,
      )) ||
    pick(
      discovery,
      { resource: lower, ...(rest.length > 0 && { group: rest.join('.') }) },
      session,
    ) ||
    byKind(discovery, resource, rest)
  );
}

/** The same for commands that look a word up by themselves: what is not there is told without `error:`. */
export async function mapWord(session: Session, word: string, asks?: number): Promise<Discovered> {
  try {
    return await mapResource(session, word, asks);
  } catch (error) {
    if (!(error instanceof NoResource)) throw error;
    const [, ...group] = word.split('.');
    throw new Exit(
      1,
      `${error.message}${group.length > 0 ? ` in group ${JSON.stringify(group.join('.'))}` : ''}`,
    );
  }
}

function tellFailures(discovery: Discovery, session: Session): void {
  for (const [groupVersion, reason] of discovery.failures)
    session.io.err(`couldn't get resource list for ${groupVersion}: ${reason}\n`);
}

/** All versions of what a word names exactly; short names count only where nothing bears the name itself. */
function pick(discovery: Discovery, wanted: Wanted, session: Session): Discovered | undefined {
  const fits = groupFilter(discovery, wanted);
  const named = discovery.resources.filter(
    (each) =>
      (each.resource === wanted.resource || singularOf(each) === wanted.resource) && fits(each),
  );
  if (named.length > 0) return preferred(discovery, named);
  const short = discovery.resources.filter(
    (each) =>
      each.shortNames.includes(wanted.resource) &&
      (!wanted.group || each.group.startsWith(wanted.group)),
  );
  const first = short[0];
  if (!first) return undefined;
  const other = short.find(
    ({ group, resource }) => group !== first.group || resource !== first.resource,
  );
  if (other)
    session.warn(
      `Warning: short name ${JSON.stringify(wanted.resource)} could also match lower priority resource ${other.resource}${other.group ? `.${other.group}` : ''}\n`,
    );
  const same = short.filter(
    ({ group, resource }) => group === first.group && resource === first.resource,
  );
  const versioned = wanted.version
    ? same.filter(({ version }) => version === wanted.version)
    : same;
  return preferred(discovery, versioned);
}

const singularOf = ({ singular, kind }: Discovered): string => singular || kind.toLowerCase();

/** A group by its whole name, or else by its beginning. */
function groupFilter(
  discovery: Discovery,
  { resource, group, version }: Wanted,
): (each: Discovered) => boolean {
  const rightVersion = (each: Discovered): boolean => !version || each.version === version;
  if (group === undefined) return rightVersion;
  const isNamed = discovery.resources.some(
    (each) => each.group === group && (each.resource === resource || singularOf(each) === resource),
  );
  return (each) =>
    rightVersion(each) &&
    (isNamed || version ? each.group === group : each.group.startsWith(group));
}

/** Of several: the first group of the server, in the version it prefers among those that have the resource. */
function preferred(discovery: Discovery, among: readonly Discovered[]): Discovered | undefined {
  for (const { name, versions } of discovery.groups)
    for (const version of versions) {
      const found = among.find((each) => each.group === name && each.version === version);
      if (found) return found;
    }
  return undefined;
}

function byKind(
  discovery: Discovery,
  kind: string,
  rest: readonly string[],
): Discovered | undefined {
  const isKind = (each: Discovered): boolean => each.kind === kind;
  const versioned = discovery.resources.filter(
    (each) => isKind(each) && each.version === rest[0] && each.group === rest.slice(1).join('.'),
  );
  const grouped = discovery.resources.filter(
    (each) => isKind(each) && each.group === rest.join('.'),
  );
  return preferred(discovery, versioned.length > 0 ? versioned : grouped);
}

/** The resource of an object's apiVersion and kind. */
export async function mapKind(
  session: Session,
  apiVersion: string,
  kind: string,
): Promise<Discovered> {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const found = await sought(
    session,
    ({ resources }) =>
      resources.find(
        (each) => each.kind === kind && each.version === version && each.group === group,
      ),
    1,
  );
  if (!found)
    throw new NoKind(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    );
  return found;
}

/** Replaces categories such as `all` by the resources in them. */
export async function expandCategories(
  session: Session,
  words: readonly string[],
): Promise<readonly string[]> {
  const discovery = await session.discovery().catch(() => undefined);
  if (!discovery) return words; // what they mean will be asked, and that told
  const { resources, groups } = discovery;
  const preferredVersions = new Map(groups.map(({ name, versions }) => [name, versions[0]]));
  return words.flatMap((word) => {
    const members = resources.filter(
      ({ categories, group, version }) =>
        categories.includes(word) && preferredVersions.get(group) === version,
    );
    if (members.length === 0) return [word];
    const names = members.map(({ resource, group }) => (group ? `${resource}.${group}` : resource));
    return [...new Set(names)];
  });
}
