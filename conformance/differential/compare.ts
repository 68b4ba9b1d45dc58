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
      if (found.length > 0)
        disagreements.push({
          ...{ list: list.name, request, differences: found },
          argued: argued(list.name, request, found),
        });
    }
  return { sent, disagreements };
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
    ...found.slice(0, 8).map((line) => `    ${line}`),
    ...(found.length > 8 ? [`    and ${found.length - 8} more`] : []),
  ].join('\n');
