/** Upstream's words for a text that is too long. */
export const maxLengthText = (max: number, of = 'characters'): string =>
  `must be no more than ${max} ${of}`;

/** Upstream's words for a number outside a range. */
export const rangeText = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`;

/** Upstream's words for a text that is empty. */
export const emptyText = 'must be non-empty';

/** Upstream's words for a text that breaks a pattern, with examples that keep it. */
export function patternText(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  const regex = `regex used for validation is '${pattern}')`;
  return examples.length ? `${message} (e.g. ${shown}${regex}` : `${message} (${regex}`;
}

/** A whole text matches the pattern as Go would match it: `$` is the very end. */
export const wholly = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
