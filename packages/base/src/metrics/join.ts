/** Several texts of metrics as one: each family once, by its name, with the series of all; of two that are the same series the first. */
export function joinExpositions(texts: readonly string[]): string {
  const families = new Map<string, { head: string[]; series: Map<string, string> }>();
  for (const text of texts) {
    let family = { head: [] as string[], series: new Map<string, string>() };
    for (const line of text.split('\n')) {
      const [, name] = /^# HELP (\S+) /.exec(line) ?? [];
      if (name !== undefined) {
        const known = families.get(name);
        family = known ?? { head: [line], series: new Map() };
        families.set(name, family);
      } else if (line.startsWith('#')) {
        if (family.series.size === 0) family.head[1] = line;
      } else if (line !== '') {
        const series = line.slice(0, line.lastIndexOf(' '));
        if (!family.series.has(series)) family.series.set(series, line);
      }
    }
  }
  const sorted = [...families].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.flatMap(([, { head, series }]) => [...head, ...series.values()]);
  return `${lines.join('\n')}\n`;
}
