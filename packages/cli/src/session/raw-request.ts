import { textOf, Unreachable } from '@coxswain/client/http';
import { fileBytes } from '../command/file-faults.ts';
import { accepts } from './media.ts';
import type { RestRequest } from './rest.ts';
import type { Session } from './session.ts';

/** Refuses what does not go with `--raw`, in the order kubectl looks. */
export function checkRawPath(raw: string): void {
  if (!raw.startsWith('/'))
    throw new Error(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    );
}

/** Sends a file, `-` for standard input and nothing for none, to a path as it is; gives the answer's text. */
export async function rawRequest(
  session: Session,
  method: RestRequest['method'],
  raw: string,
  file: string,
): Promise<string> {
  const url = new URL(raw, 'http://server');
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
  const body = await bodyOf(session, file);
  const sent = {
    method,
    path: url.pathname,
    query,
    body,
    contentType: '',
    accept: accepts.builtIn,
    place: 'raw.go:84',
  };
  return textOf((await session.rest().stream(sent)).body);
}

async function bodyOf({ io, cwd, rest }: Session, file: string): Promise<string> {
  if (file === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of io.stdin) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }
  if (file === '') return '';
  try {
    return fileBytes(file, { cwd }).toString();
  } catch (cause) {
    if (!(cause as Error).message.startsWith('read ')) throw cause;
    // kubectl reads it while it sends it: a folder is a request that failed
    throw new Unreachable(rest().url, new Error((cause as Error).message));
  }
}
