const short: readonly (readonly [mode: string, text: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** Access modes in short, each once, in a fixed order. */
export const accessModesText = (modes: readonly string[] = []): string =>
  short
    .filter(([mode]) => modes.includes(mode))
    .map(([, text]) => text)
    .join(',');
