/** What a sentence is told with. */
export type Facts = Readonly<Record<string, string | number>>;

type Env = Readonly<Record<string, string | undefined>>;

/** The tables of the language that `COX_LANG` names, or else the locale; English where there is nothing else. */
export function inLanguage<T>(tables: Readonly<Record<'en' | 'ko', T>>, env: Env): T {
  const wanted = env['COX_LANG'] || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'en';
  return wanted.slice(0, 2).toLowerCase() === 'ko' ? tables.ko : tables.en;
}

const isEmpty = (value: string | number | undefined): boolean =>
  value === undefined || value === '' || value === 0;

/**
 * Puts facts into a sentence: `{x}` is a fact, `{n#pod|pods}` a number with its noun, and `[...]` is left out when a fact
 * in it is empty or 0.
 */
export function sentence(template: string, facts: Facts): string {
  const fill = (text: string): string =>
    text.replaceAll(
      /\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g,
      (_, name: string, one?: string, many?: string) => {
        const value = facts[name] ?? '';
        return one === undefined ? String(value) : `${value} ${Number(value) === 1 ? one : many}`;
      },
    );
  const whole = template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => {
    const names = [...part.matchAll(/\{(\w+)/g)].map(([, name]) => name!);
    return names.some((name) => isEmpty(facts[name])) ? '' : part;
  });
  return fill(whole);
}
