type Entries = Readonly<Record<string, string>>;

/** Whether two maps of texts are the same. Heartbeats come often and change nothing: told without making text of them. */
export function sameEntries(a: Entries = none, b: Entries = none): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

const none: Entries = {};
