/** What two servers cannot agree on is set aside: identities, times, revisions, addresses drawn by lot. */

const setAside: Readonly<Record<string, string>> = {
  uid: '<uid>',
  resourceVersion: '<revision>',
  continue: '<token>',
  // of discovery: each server has its own address
  serverAddress: '<address>',
};

const rules: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\b(any|kube-api-access)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-<suffix>'],
  [/^10\.96\.\d+\.\d+$/, '<cluster IP>'],
  [
    /(?<=resourceVersion(?:\\*": ?\\*"|: ")|in record \(|ResourceVersion in object meta: )\d+/,
    '<revision>',
  ],
  [/(?<=clusterIP: |clusterIPs:\n *- |clusterIPs?\\*":\[?\\*")10\.96\.\d+\.\d+/, '<cluster IP>'],
  [/(?<=IPAddress\.networking\.k8s\.io ")10\.96\.\d+\.\d+/, '<cluster IP>'],
  [/^<?\d+(s|m|h|d|y)(\d+(s|m|h|d))?$/, '<age>'],
];

interface Named {
  readonly generateName?: string;
  readonly name?: string;
}

/** `value` with everything set aside that differs between two servers of one mind. */
export function plain(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (setAside[key] !== undefined && value !== '') return setAside[key];
    return rules.reduce((text, [pattern, word]) => text.replaceAll(global(pattern), word), value);
  }
  if (typeof value === 'number')
    return value >= 30_000 && value <= 32_767 && /port$/i.test(key) ? '<node port>' : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, key));
  if (typeof value !== 'object' || value === null) return value;
  // The prose of columns is each server's own.
  const shown = key === 'columnDefinitions' ? { ...value, description: '<prose>' } : value;
  const entries = Object.entries(shown).map(([name, item]) => [name, plain(item, name)] as const);
  const object = Object.fromEntries(entries) as Named & Record<string, unknown>;
  const { generateName, name } = object;
  return typeof generateName === 'string' && String(name).startsWith(generateName)
    ? { ...object, name: `${generateName}<suffix>` }
    : object;
}

const global = (pattern: RegExp): RegExp =>
  pattern.global ? pattern : new RegExp(pattern, `${pattern.flags}g`);

/** Where two values differ: paths with what stands on either side. */
export function differences(upstream: unknown, ours: unknown, path = ''): readonly string[] {
  if (Object.is(upstream, ours)) return [];
  if (isObject(upstream) && isObject(ours)) {
    const keys = new Set([...Object.keys(upstream), ...Object.keys(ours)]);
    return [...keys].flatMap((key) =>
      differences(upstream[key], ours[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(upstream) && Array.isArray(ours) && upstream.length === ours.length)
    return upstream.flatMap((item, index) => differences(item, ours[index], `${path}[${index}]`));
  return [
    `${path}\n      upstream ${JSON.stringify(upstream)}\n      ours     ${JSON.stringify(ours)}`,
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
