type Env = Readonly<Record<string, string | undefined>>;

/** Whether a stream is written to in colour: as `COX_COLOR` says (always, never), never with `NO_COLOR`, else where a terminal shows it. */
export function wantsColour(env: Env, isTerminal: boolean): boolean {
  if (env['COX_COLOR'] === 'always') return true;
  return isTerminal && env['COX_COLOR'] !== 'never' && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

const escape = '\u001b';
const escapes = new RegExp(`${escape}\\[[0-9;]*m`, 'g');
/** Hangul, ideographs and their like take two columns of a terminal. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Columns that a text takes; colours take none. */
export function widthOf(text: string): number {
  const shown = text.replaceAll(escapes, '');
  return shown.length + (shown.match(wide)?.length ?? 0);
}

/** The text with blanks behind it up to so many columns. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** As much of a plain text as so many columns hold, with a mark where some of it is missing. */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = '';
  for (const letter of text) {
    if (widthOf(shown + letter) >= width) break;
    shown += letter;
  }
  return width > 0 ? `${shown}…` : '';
}

/** `text` broken at spaces; the first line begins with `start`, the others with `rest`. Colours go on over the break. */
export function wrapped(
  text: string,
  start: string,
  rest: string,
  width: number,
): readonly string[] {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return recoloured([...lines, line]);
}

/** Ends a colour at the end of each line, and begins it again on the next. */
function recoloured(lines: readonly string[]): readonly string[] {
  let open = '';
  return lines.map((line) => {
    const indent = /^\s*/.exec(line)![0];
    const whole = `${indent}${open}${line.slice(indent.length)}`;
    open = (line.match(escapes) ?? []).reduce(
      (now, each) => (each === '\u001b[0m' ? '' : each),
      open,
    );
    return open ? `${whole}\u001b[0m` : whole;
  });
}
