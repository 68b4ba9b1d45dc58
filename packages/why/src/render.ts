import { sentence, wrapped } from '@coxswain/base';
import type { Answer, ToldCause } from './answer.ts';
import { type Evidence, type Facts, nameOf } from './cause.ts';
import { durationText } from './duration.ts';
import { inUnits, type Messages } from './messages/index.ts';
import { objectionText } from './objection-text.ts';
import { renderDrain } from './render-drain.ts';
import { columns, type Paint, plain, styled } from './text.ts';

export interface Rendering {
  readonly messages: Messages;
  readonly width: number;
  readonly colour: boolean;
}

/** An answer as plain text for a terminal. */
export function render(answer: Answer, rendering: Rendering): string {
  const page = new Page(answer, rendering);
  return page.text();
}

/** Evidence of one cause that is shown. */
const evidenceMax = 5;

class Page {
  readonly #answer: Answer;
  readonly #messages: Messages;
  readonly #width: number;
  readonly #paint: Paint;
  readonly #lines: string[] = [];
  /** What the last cause of each depth was about. */
  readonly #abouts: Answer['about'][] = [];

  constructor(answer: Answer, { messages, width, colour }: Rendering) {
    this.#answer = answer;
    this.#messages = messages;
    this.#width = Math.min(Math.max(width, 60), 100);
    this.#paint = colour ? styled : plain;
  }

  text(): string {
    const { drain, causes, hidden, reasonsKept, well } = this.#answer;
    if (drain) this.#lines.push(...renderDrain(drain, this.#messages, this.#paint, this.#width));
    else {
      this.#head();
      for (const cause of causes) this.#cause(cause);
      if (well && causes.length === 0) this.#say(1, this.#messages.words.well);
    }
    if (hidden.length > 0) this.#note(this.#messages.words.hidden, { what: hidden.join(', ') });
    if (!reasonsKept) this.#note(this.#messages.words.alone, {});
    return `${this.#lines.join('\n')}\n`;
  }

  #fill(template: string, facts: Facts): string {
    return sentence(template, inUnits(facts, this.#messages));
  }

  #head(): void {
    const { about, state, allowed, causes } = this.#answer;
    if (allowed !== undefined) {
      const words = this.#messages.words[allowed ? 'may' : 'mayNot'];
      const [first] = causes;
      const facts = first?.facts ?? {};
      this.#lines.push(...wrapped(this.#paint.bold(this.#fill(words, facts)), '', '', this.#width));
      return;
    }
    const where = about.namespace === undefined ? '' : ` (${about.namespace})`;
    const word = state ? `: ${state}` : '';
    this.#lines.push(this.#paint.bold(`${nameOf(about)}${where}${word}`));
  }

  #say(depth: number, text: string, lead = ''): void {
    const start = '  '.repeat(depth) + lead;
    this.#lines.push(...wrapped(text, start, ' '.repeat(start.length), this.#width));
  }

  #note(template: string, facts: Facts): void {
    this.#lines.push(
      '',
      ...wrapped(this.#paint.dim(this.#fill(template, facts)), '', '', this.#width),
    );
  }

  #cause(cause: ToldCause): void {
    const { depth, about } = cause;
    const said = this.#fill(this.#messages.causes[cause.cause], cause.facts);
    const above = this.#abouts[depth - 1] ?? this.#answer.about;
    this.#abouts[depth] = about;
    // A sentence about another object than the one above says so.
    const isOther = above.kind !== about.kind || above.name !== about.name;
    const text = isOther && !said.includes(about.name) ? `${nameOf(about)}: ${said}` : said;
    this.#say(depth + 1, depth === 0 ? this.#paint.strong(text) : text, depth === 0 ? '' : '└ ');
    const inner = depth + 2;
    if (cause.placement) this.#placement(inner, cause.placement);
    for (const each of cause.evidence.slice(0, evidenceMax)) this.#evidence(inner, each);
    for (const { step, facts, command } of cause.steps) {
      const words = this.#fill(this.#messages.steps[step], facts);
      this.#say(inner, words, `${this.#messages.words.next}: `);
      // A command is for copying: never broken.
      if (command) this.#lines.push(`${'  '.repeat(inner + 1)}${this.#paint.command(command)}`);
    }
  }

  #evidence(depth: number, { from, at, text, timeMs, count }: Evidence): void {
    const { words } = this.#messages;
    const more = [
      ...(timeMs
        ? [this.#fill(words.ago, { time: durationText(this.#answer.atMs - timeMs) })]
        : []),
      ...(count ? [this.#fill(words.times, { count })] : []),
    ];
    const head = `${from} ${at}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
    this.#say(depth, this.#paint.dim(text ? `${head}: ${text}` : head), '· ');
  }

  #placement(
    depth: number,
    { rows, preemption, cures, nodes }: NonNullable<ToldCause['placement']>,
  ): void {
    const { words } = this.#messages;
    const pad = '  '.repeat(depth);
    if (rows.length > 0) {
      const table = rows.map(({ nodes: count, names, objections }) => {
        const more = count > names.length ? ', ...' : '';
        const node =
          names.length === 0
            ? String(count)
            : count === 1
              ? names[0]!
              : `${count}: ${names.join(', ')}${more}`;
        const said = objections.flatMap((each) => objectionText(each, this.#messages));
        return [node, said.length > 0 ? said.join('; ') : words.fits] as const;
      });
      this.#lines.push(
        ...columns([[words.nodes, words.objections], ...table], pad, this.#width, this.#paint),
      );
    }
    if (preemption && nodes > 0 && rows.length > 0) this.#preemption(depth, preemption);
    if (cures.length > 0) {
      this.#say(depth, words.cures);
      for (const [at, { changes, node }] of cures.entries()) {
        const made = changes.map(({ change, facts }) =>
          this.#fill(
            this.#messages.changes[change],
            facts.memory === '0' ? { ...facts, memory: '' } : facts,
          ),
        );
        this.#say(
          depth,
          `${made.join(words.and)}${node === 'one-more-node' || node === '' ? '' : ` -> ${node}`}`,
          `${at + 1}. `,
        );
      }
    } else if (rows.length > 0 && !rows.some(({ objections }) => objections.length === 0))
      this.#say(depth, words.noCures);
  }

  #preemption(
    depth: number,
    tried: NonNullable<NonNullable<ToldCause['placement']>['preemption']>,
  ): void {
    const { words } = this.#messages;
    const { helps, priority, lower, node = '', victims = [] } = tried;
    if (helps) this.#say(depth, this.#fill(words.preempts, { victims: victims.join(', '), node }));
    else
      this.#say(
        depth,
        this.#fill(lower === 0 ? words.preemptsNobody : words.preemptsInVain, { priority, lower }),
      );
  }
}
