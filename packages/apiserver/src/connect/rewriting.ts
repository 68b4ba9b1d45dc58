import type { HttpHeader } from '@coxswain/base';
import type { Request } from '../chain/station.ts';

/** Links of the other side's pages, turned so that they lead through the proxy again. */
export class Rewriting {
  readonly #prefix: string;
  readonly #source: URL;
  readonly #host: string;

  /** `prefix` is the path of the proxy; `source` whom it stands for. */
  constructor(prefix: string, source: URL, { headers }: Pick<Request, 'headers'>) {
    this.#prefix = prefix;
    this.#source = source;
    this.#host = headers.host ?? headers[':authority'] ?? '';
  }

  /** What the other side is told of the way that a request has come. */
  forwardedHeaders(path: string): readonly HttpHeader[] {
    return [['X-Forwarded-Uri', `${this.#prefix}${path}`]];
  }

  /** `link` through the proxy, when it leads to the other side by an absolute path; as it is otherwise. */
  rewrite(link: string): string {
    const parsed = partsOf(link);
    if (!parsed) return link;
    const { host, path, rest } = parsed;
    const isElsewhere = host !== '' && host !== this.#source.host && host !== this.#host;
    if (isElsewhere || !path.startsWith('/')) return link;
    // Upstream leaves scheme and host out: the request's URL has neither on a server.
    const keepsHost = host === this.#host && host !== '' ? parsed.origin : '';
    if (path.startsWith(this.#prefix)) return `${keepsHost}${path}${rest}`;
    return `${keepsHost}${this.#prefix}${path}${rest}`;
  }
}

interface Parts {
  readonly origin: string; // `scheme://host` or `//host`, as written
  readonly host: string;
  readonly path: string;
  readonly rest: string; // query and fragment
}

const form = /^((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?:\/\/([^/?#]*))?)([^?#]*)(.*)$/s;

function partsOf(link: string): Parts | undefined {
  const [, origin = '', authority = '', path = '', rest = ''] = form.exec(link) ?? [];
  // `mailto:` and its like have no host and no path to turn.
  if (origin !== '' && !origin.includes('//')) return undefined;
  return { origin, host: authority.slice(authority.lastIndexOf('@') + 1), path, rest };
}
