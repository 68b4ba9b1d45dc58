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
  return withParticles(fill(whole));
}

/** Korean particles after a consonant and after a vowel, as sentences name them where a fact decides. */
const particles: Readonly<Record<string, readonly [afterConsonant: string, afterVowel: string]>> = {
  ...{ '을(를)': ['을', '를'], '이(가)': ['이', '가'], '은(는)': ['은', '는'] },
  ...{ '와(과)': ['과', '와'], '(으)로': ['으로', '로'], '(이)라는': ['이라는', '라는'] },
};
const particle = new RegExp(
  `([\\p{L}\\p{N}])(["'\`)\\]]*)(${Object.keys(particles)
    .map((ending) => RegExp.escape(ending))
    .join('|')})`,
  'gu',
);
const syllables = { first: 0xac00, last: 0xd7a3, finals: 28, rieul: 8 };
/** How digits and the letters that end words are said: with a consonant at the end, with the one that is as good as a vowel before 로, or not. */
const said: Readonly<Record<string, 'consonant' | 'rieul' | 'vowel'>> = {
  ...{ 0: 'consonant', 1: 'rieul', 2: 'vowel', 3: 'consonant', 4: 'vowel', 5: 'vowel' },
  ...{ 6: 'consonant', 7: 'rieul', 8: 'rieul', 9: 'vowel' },
  ...{ a: 'vowel', e: 'vowel', i: 'vowel', o: 'vowel', u: 'vowel', y: 'vowel' },
  ...{ l: 'rieul', m: 'consonant', n: 'consonant' },
};

/** How a word ends that ends with this letter; undefined where nobody knows how it is said. */
function endingOf(letter: string): 'consonant' | 'rieul' | 'vowel' | undefined {
  const code = letter.codePointAt(0)!;
  if (code < syllables.first || code > syllables.last) return said[letter.toLowerCase()];
  const final = (code - syllables.first) % syllables.finals;
  return final === 0 ? 'vowel' : final === syllables.rieul ? 'rieul' : 'consonant';
}

/** Chooses among the two forms of a particle by the word before it; where that is open, both stay. */
const withParticles = (text: string): string =>
  text.replaceAll(particle, (whole, letter: string, marks: string, name: string) => {
    const ending = endingOf(letter);
    if (!ending) return whole;
    const isOpen = ending === 'vowel' || (ending === 'rieul' && name === '(으)로');
    return letter + marks + particles[name]![isOpen ? 1 : 0];
  });
