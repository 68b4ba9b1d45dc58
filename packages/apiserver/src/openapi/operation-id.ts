/** What upstream makes of a word for an id: letters, digits after the first, and a capital after what is left out. */
export function idPart(text: string, capital: boolean): string {
  let part = '';
  let raise = capital;
  for (const [at, char] of Array.from(text).entries())
    if (/[\p{L}_]/u.test(char) || (at > 0 && /\d/.test(char))) {
      part += raise ? char.toUpperCase() : char;
      raise = false;
    } else raise = true;
  return part;
}

/** Id and tag of an operation: the verb, then group and version of its path, then what it works on. */
export function identify(
  verb: string,
  what: string,
  group: string | undefined,
  version: string | undefined,
): { readonly operationId: string; readonly tag: string } {
  const short = group === undefined ? '' : (group || 'core').replace(/\.k8s\.io$/, '');
  const parts = [idPart(short, true), idPart(version ?? '', true)].join('');
  const tag = [short, ...(version === undefined ? [] : [version])].map((part) =>
    idPart(part, false),
  );
  return { operationId: verb + parts + what, tag: tag.join('_') };
}
