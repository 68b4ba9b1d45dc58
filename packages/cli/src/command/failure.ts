import { ApiError } from '@coxswain/api';
import { inGo } from '@coxswain/base/wire';
import { Unreachable } from '@coxswain/client/http';
import { onNameServer } from './name-server.ts';

/** Ends a command with this exit code, saying nothing more. */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: number;
  constructor(code: number, message = '') {
    super(message);
    this.code = code;
  }
}

/** A signal stopped a command, about which nothing is said; without a code the process ends by the signal itself. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly code: number | undefined;
  constructor(code: number | undefined) {
    super();
    this.code = code;
  }
}

/** Wrong usage: the sentence, then where help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Wrong usage that is answered with the command's help, and then the sentence; without one it is no failure. */
export class HelpError extends Error {
  override readonly name = 'HelpError';
}

/** Something was printed, and then no more of it could be. */
export class HalfPrinted extends Error {
  override readonly name = 'HalfPrinted';
  readonly printed: string;
  constructor(message: string, printed: string) {
    super(message);
    this.printed = printed;
  }
}

/** A kubeconfig that cannot be used. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly errors: readonly string[];
  constructor(errors: readonly string[]) {
    super(`invalid configuration: ${aggregateText(errors)}`);
    this.errors = errors;
  }
}

/** Nothing could be asked of the server, for a reason on this side. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';
}

/** Several failures of one command, told one a line. */
export class Failures extends Error {
  override readonly name = 'Failures';
  readonly errors: readonly Error[];
  constructor(errors: readonly Error[]) {
    super(aggregateText(errors.map(({ message }) => message)));
    this.errors = errors;
  }
}

/** Throws nothing, the one error, or all of them together. */
export function throwAll(errors: readonly Error[]): void {
  const flat = errors.flatMap((error) => (error instanceof Failures ? error.errors : [error]));
  if (flat.length === 1) throw flat[0]!;
  if (flat.length > 1) throw new Failures(flat);
}

/** As Go's aggregates print: one alone, several in brackets, each once. */
export function aggregateText(messages: readonly string[]): string {
  const each = [...new Set(messages)];
  return each.length === 1 ? each[0]! : `[${each.join(', ')}]`;
}

/** What kubectl prints of an error, with the exit code. The text ends with a line break unless it is empty. */
export function told(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof Exit) return { text: line(error.message), code: error.code };
  if (error instanceof Failures)
    return {
      text: error.errors.map((each) => line(standardText(each) ?? each.message)).join(''),
      code: 1,
    };
  if (
    error instanceof ConfigurationError &&
    (error.errors.length > 1 || noContext.test(error.errors[0]!))
  )
    return { text: multiline('Error in configuration: ', error.errors), code: 1 };
  if (error instanceof ApiError && error.reason === 'Invalid')
    return { text: line(invalidText(error)), code: 1 };
  const message =
    error instanceof ConfigurationError
      ? error.errors[0]!
      : error instanceof Error
        ? error.message
        : String(error);
  const plain = message.startsWith('error: ') ? message : `error: ${message}`;
  return { text: line(standardText(error) ?? plain), code: 1 };
}

/** Alone, too, it is told as a fault of the configuration. */
const noContext = /^context was not found for specified context/;

const line = (words: string): string =>
  words === '' || words.endsWith('\n') ? words : `${words}\n`;

/** One error behind the prefix, several as bullets below it. */
export function multiline(prefix: string, messages: readonly string[]): string {
  if (messages.length === 1) return `${prefix}${messages[0]}\n`;
  return `${prefix}\n${messages.map((each) => `* ${each}\n`).join('')}`;
}

function invalidText(error: ApiError): string {
  const { details, message } = error;
  const fallback = 'The request is invalid';
  if (!details) return message ? `${fallback}: ${message}` : fallback;
  const causes = details.causes ?? [];
  const isNamed = Boolean(details.kind) || Boolean(details.name);
  const head = isNamed
    ? `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`
    : message && causes.length === 0
      ? `${fallback}: ${message}`
      : fallback;
  if (causes.length === 0) return head;
  const told = causes.map(({ field, message: words }) => `${field ?? ''}: ${words ?? ''}`);
  return multiline(`${head}: `, [...new Set(told)]);
}

/** The words for what a server or the way to it answers; undefined for all else. */
export function standardText(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    if (error.reason === 'Unauthorized')
      return `error: You must be logged in to the server (${error.message})`;
    return error.reason
      ? `Error from server (${error.reason}): ${error.message}`
      : `Error from server: ${error.message}`;
  }
  if (error instanceof CannotConnect) return `Unable to connect to the server: ${error.message}`;
  if (error instanceof Unreachable) {
    const cause = error.cause as NodeJS.ErrnoException | undefined;
    const host = new URL(error.url).host;
    return cause?.code === 'ECONNREFUSED'
      ? `The connection to the server ${host} was refused - did you specify the right host or port?`
      : `Unable to connect to the server: ${goCause(error)}`;
  }
  return undefined;
}

/** Why a server could not be reached, in Go's words. */
export function goCause({ cause, url }: Unreachable): string {
  if (!(cause instanceof Error)) return 'the connection ended';
  // A name of several addresses fails with the last of them.
  const last = (cause instanceof AggregateError ? cause.errors.at(-1) : cause) as Failed;
  const { hostname, port, protocol } = new URL(url);
  const name = hostname.replaceAll(/[[\]]/g, '');
  const place = {
    host: last.address ?? name,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  if (last.code === 'ERR_OSSL_PEM_NO_START_LINE')
    return 'tls: failed to find any PEM data in certificate input';
  if (last.code === 'ENOTFOUND' || last.code === 'EAI_AGAIN') {
    const host = last.hostname ?? name;
    const why = last.code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving';
    return `dial tcp: lookup ${host}${onNameServer(host)}: ${why}`;
  }
  return inGo(last, place, name).message;
}

type Failed = NodeJS.ErrnoException & { readonly address?: string; readonly hostname?: string };
