/** What the arguments name: whole resources, some names of resources, or single `TYPE/NAME`s. */
export interface Named {
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly pairs: readonly { readonly resource: string; readonly name: string }[];
}

const split = (word: string): readonly string[] => [...new Set(word.split(','))];

/** Reads `TYPE[,TYPE] [NAME ...]` or `TYPE/NAME ...`. Throws in kubectl's words. */
export function readArguments(given: readonly string[], program: string): Named {
  const args = multiplied(given);
  const withSlash = args.filter((arg) => arg.includes('/')).length;
  if (withSlash > 0 && withSlash < args.length)
    throw new Error(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${program} get resource/<resource_name>' instead of '${program} get resource resource/<resource_name>'`,
    );
  if (withSlash > 0) return { resources: [], names: [], pairs: args.map(pairOf) };
  const [types, ...names] = args;
  return { resources: types === undefined ? [] : split(types), names, pairs: [] };
}

/** `pods,services web` means `pods/web services/web`. */
function multiplied(args: readonly string[]): readonly string[] {
  const [types = '', ...names] = args;
  const resources = split(types);
  if (names.length === 0 || resources.length < 2) return args;
  return resources.flatMap((resource) => names.map((name) => `${resource}/${name}`));
}

/** Reads `TYPE/NAME`. */
export function pairOf(arg: string): { resource: string; name: string } {
  const parts = arg.split('/');
  if (parts.length !== 2)
    throw new Error('arguments in resource/name form may not have more than one slash');
  const [resource = '', name = ''] = parts;
  if (!resource || !name || split(resource).length !== 1)
    throw new Error('arguments in resource/name form must have a single resource and name');
  return { resource, name };
}
