const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Paths with a subresource of their own, beside `nodes/proxy`, which allows everything. */
const own: readonly (readonly [path: string, subresource: string])[] = [
  ['/stats', 'stats'],
  ['/metrics', 'metrics'],
  // As in pods/log.
  ['/logs', 'log'],
  ['/checkpoint', 'checkpoint'],
  ['/statusz', 'statusz'],
  ['/flagz', 'flagz'],
];
/** Paths that either subresource allows: KubeletFineGrainedAuthz. */
const either: readonly (readonly [path: string, subresource: string])[] = [
  ['/pods', 'pods'],
  ['/runningpods', 'pods'],
  ['/healthz', 'healthz'],
  ['/configz', 'configz'],
];

/** What a request to the kubelet does, as authorisation speaks of it: one of `subresources` of the node must be allowed. */
export interface KubeletAttributes {
  readonly verb: string;
  readonly subresources: readonly string[];
}

export function attributesOf(method: string, path: string): KubeletAttributes {
  const of = (list: typeof own): string | undefined =>
    list.find(([root]) => path === root || path.startsWith(`${root}/`))?.[1];
  const verb = verbs[method] ?? '';
  const single = of(own);
  if (single !== undefined) return { verb, subresources: [single] };
  const specific = of(either);
  return { verb, subresources: specific === undefined ? ['proxy'] : [specific, 'proxy'] };
}
