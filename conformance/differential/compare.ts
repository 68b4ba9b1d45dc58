import { setTimeout as wait } from 'node:timers/promises';
import { argued } from './argued.ts';
import { differences, plain } from './plain.ts';
import type { Request, RequestList } from './request.ts';
import type { Answer, Sender } from './sender.ts';

/** One request on which the two servers do not agree. */
export interface Disagreement {
  readonly list: string;
  readonly request: Request;
  readonly differences: readonly string[];
  /** Why that is right, where somebody has argued it. */
  readonly argued: string | undefined;
}

export interface Comparison {
  readonly sent: number;
  readonly disagreements: readonly Disagreement[];
}

/** Sends every request of every list to both servers, in order, and compares what they say. */
export async function compare(
  lists: readonly RequestList[],
  upstream: Sender,
  ours: Sender,
): Promise<Comparison> {
  const disagreements: Disagreement[] = [];
  let sent = 0;
  for (const list of lists)
    for (const request of list.requests) {
      const [theirs, own] = await Promise.all([send(upstream, request), send(ours, request)]);
      sent++;
      const found = differences(comparable(theirs), comparable(own));
      if (found.length === 0) continue;
      const drawn = isRepeatable(request, theirs)
        ? async () => ((await saysToo(upstream, request, own)) ? byLot : undefined)
        : () => undefined;
      disagreements.push({
        ...{ list: list.name, request, differences: found },
        argued: argued(list.name, request, found) ?? (await drawn()),
      });
    }
  return { sent, disagreements };
}

const byLot =
  'upstream answers now this, now that, since it walks maps by lot: ours is one of its answers, or the same errors in another order';
const drawsMax = 60;

/** Whether sending it once more changes nothing. */
const isRepeatable = ({ method, path }: Request, { status }: Answer): boolean =>
  method === 'GET' || status >= 400 || path.includes('dryRun=All');

/** Whether upstream, asked again and again, says different things: ours among them, or all of them but for their order. */
async function saysToo(upstream: Sender, request: Request, own: Answer): Promise<boolean> {
  const wanted = comparable(own);
  const draws = new Set<string>();
  for (let draw = 0; draw < drawsMax; draw++) {
    const drawn = comparable(await upstream.send(request));
    if (differences(drawn, wanted).length === 0) return true;
    draws.add(JSON.stringify(drawn));
  }
  const pieces = (text: string): string =>
    text
      .split(/, |\[|\]/)
      .toSorted()
      .join();
  return (
    draws.size > 1 && [...draws].every((drawn) => pieces(drawn) === pieces(JSON.stringify(wanted)))
  );
}

const patience = { tries: 60, betweenMs: 250 } as const;

async function send(server: Sender, request: Request): Promise<Answer> {
  let answer = await server.send(request);
  if (request.until === undefined) return answer;
  for (let i = 0; i < patience.tries && answer.status !== request.until; i++) {
    await wait(patience.betweenMs);
    answer = await server.send(request);
  }
  return answer;
}

/** Ours says of a kind whose effect is not there yet that it is not: `docs/coverage.md`. */
const noEffect =
  /(, )?299 - "[^"]* is stored but has no effect in this version of Coxswain yet: [^"]*"/g;

function comparable({ status, headers, body }: Answer): unknown {
  const { warning, ...others } = headers;
  const said =
    warning === undefined ? '' : String(warning).replaceAll(noEffect, '').replace(/^, /, '');
  const shown = plain({
    ...{ status, body },
    headers: { ...others, ...(said !== '' && { warning: said }) },
  });
  return withoutOrder(shown); // once times and identities are gone, which would decide the order
}

/** Managed fields and causes are sets: their order says nothing. */
function withoutOrder(body: unknown, key = ''): unknown {
  if (Array.isArray(body)) {
    const items = body.map((item) => withoutOrder(item));
    return key === 'managedFields' || key === 'causes'
      ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, item]) => [name, withoutOrder(item, name)]),
  );
}

/** A disagreement for people. */
export const told = ({ list, request, differences: found, argued: why }: Disagreement): string =>
  [
    `${list}: ${request.name}${why === undefined ? '' : ` (argued: ${why})`}`,
    `  ${request.method} ${request.path}`,
    ...tellingFirst(found)
      .slice(0, 8)
      .map((line) => `    ${line}`),
    ...(found.length > 8 ? [`    and ${found.length - 8} more`] : []),
  ].join('\n');

/** Status, message and warnings before the rest, which follows from them. */
const tellingFirst = (found: readonly string[]): readonly string[] => {
  const tells = (line: string): boolean => /^(status|headers|body\.message)\b/.test(line);
  return [...found.filter(tells), ...found.filter((line) => !tells(line))];
};
