/** Fields where Go keeps a pointer, so that their zero value says more than their absence. */
const pointers: ReadonlySet<string> = new Set(
  'activeDeadlineSeconds allowPrivilegeEscalation automountServiceAccountToken defaultMode enableServiceLinks fsGroup hostUsers mode optional priority privileged readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser setHostnameAsFQDN shareProcessNamespace suspend terminationGracePeriodSeconds tolerationSeconds replicas parallelism completions'.split(
    ' ',
  ),
);

const isZero = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '' || value === 0 || value === false)
    return true;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
};

/** Equal as upstream's semantic equality sees API objects: what is absent equals Go's zero value. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return isZero(a) && isZero(b);
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equal(item, b[index]))
    );
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) if (!fieldEqual(key, left[key], right[key])) return false;
  for (const key in right)
    if (left[key] === undefined && !fieldEqual(key, left[key], right[key])) return false;
  return true;
}

const fieldEqual = (key: string, a: unknown, b: unknown): boolean =>
  pointers.has(key) && (a === undefined) !== (b === undefined) ? false : equal(a, b);
