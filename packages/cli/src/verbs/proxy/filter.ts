/** Which requests go on: lists of patterns, of which one must match, or none may. */
export interface RequestFilter {
  readonly acceptPaths: readonly RegExp[];
  readonly rejectPaths: readonly RegExp[];
  readonly acceptHosts: readonly RegExp[];
  readonly rejectMethods: readonly RegExp[];
}

/** Comma separated patterns; none for an empty text. Throws SyntaxError. */
export const patternsOf = (text: string): readonly RegExp[] =>
  text === '' ? [] : text.split(',').map((each) => new RegExp(each));

/** A `Host` header without its port. */
export function hostOf(header: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*)):[^:]*$/.exec(header) ?? [];
  return bracketed ?? plain ?? header;
}

/** Whether a request may go on. */
export function accepts(
  { acceptPaths, rejectPaths, acceptHosts, rejectMethods }: RequestFilter,
  request: { readonly method: string; readonly path: string; readonly host: string },
): boolean {
  const any = (patterns: readonly RegExp[], text: string): boolean =>
    patterns.some((each) => each.test(text));
  return (
    !any(rejectPaths, request.path) &&
    !any(rejectMethods, request.method) &&
    any(acceptPaths, request.path) &&
    any(acceptHosts, hostOf(request.host))
  );
}
