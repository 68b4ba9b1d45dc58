/**
 * A process that loads an API server over HTTP/2 and prints what it measured as JSON: `node load.ts SPEC`, where SPEC is
 * the JSON of a LoadSpec. It is a process of its own so that its work does not count as the server's.
 */
import { connect, type ClientHttp2Session } from 'node:http2';
import { quantile } from './table.ts';

/** A server, and as whom to ask it. */
export interface Target {
  readonly url: string;
  readonly ca?: string | undefined; // PEM, as the next two
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  /** The server's own certificate is not checked. */
  readonly insecure?: boolean | undefined;
}

export interface LoadSpec {
  readonly target: Target;
  readonly method: string;
  /** `@I@` stands for the request's number, in the body too. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly requests: number;
  readonly inFlight: number;
  readonly connections: number;
  /** Opens so many watches on `watchPath` first and measures from each answer to each event. */
  readonly watchers?: number | undefined;
  readonly watchPath?: string | undefined;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytes: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly eventsPerSecond?: number;
  /** From an answer to its event, over all watchers. */
  readonly eventP99Ms?: number;
  /** Watches that the server ended. */
  readonly streamsClosed?: number;
}

const fill = (text: string, at: number): string => text.replaceAll('@I@', String(at));

class Load {
  readonly #spec: LoadSpec;
  readonly #sessions: ClientHttp2Session[];
  readonly #latencies: number[] = [];
  readonly #statuses: Record<string, number> = {};
  #bytes = 0;
  #streamsClosed = 0;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    const { url, ca, certificate: cert, key, insecure } = spec.target;
    const settings = { initialWindowSize: 2 ** 22 };
    const tls = { ca, cert, key, rejectUnauthorized: !insecure };
    this.#sessions = Array.from({ length: spec.connections }, () =>
      connect(url, { ...tls, settings }),
    );
    for (const session of this.#sessions)
      session.once('connect', () => {
        if (!session.destroyed) session.setLocalWindowSize(2 ** 24); // a short load may be over by then
      });
  }

  async run(onDone: (at: number) => void = () => {}): Promise<LoadResult> {
    const { requests, inFlight } = this.#spec;
    let next = 0;
    const lane = async (_: unknown, lane: number): Promise<void> => {
      const session = this.#sessions[lane % this.#sessions.length]!;
      while (next < requests) {
        const at = next++;
        await this.#request(session, at);
        onDone(at);
      }
    };
    const from = performance.now();
    await Promise.all(Array.from({ length: inFlight }, lane));
    const seconds = (performance.now() - from) / 1000;
    return {
      perSecond: requests / seconds,
      p50Ms: quantile(this.#latencies, 0.5),
      p99Ms: quantile(this.#latencies, 0.99),
      bytes: this.#bytes,
      statuses: this.#statuses,
    };
  }

  /** Opens all watches; resolves when each was answered. `onName` hears the name in every event. */
  async watch(onName: (name: string) => void): Promise<void> {
    const { watchers = 0, watchPath = '' } = this.#spec;
    const open = (_: unknown, at: number) =>
      new Promise<void>((resolve) => {
        const session = this.#sessions[at % this.#sessions.length]!;
        const stream = session.request(
          { ':path': watchPath, ...this.#auth() },
          { endStream: true },
        );
        stream.once('response', () => resolve());
        stream.once('end', () => this.#streamsClosed++);
        let rest = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop()!;
          for (const line of lines) onName(/"name":"([^"]+)"/.exec(line)?.[1] ?? '');
        });
      });
    await Promise.all(Array.from({ length: watchers }, open));
  }

  get streamsClosed(): number {
    return this.#streamsClosed;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #auth(): Record<string, string> {
    const { token } = this.#spec.target;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  #request(session: ClientHttp2Session, at: number): Promise<void> {
    const { method, path, body, headers } = this.#spec;
    const from = performance.now();
    return new Promise((resolve, reject) => {
      const stream = session.request(
        { ':method': method, ':path': fill(path, at), ...this.#auth(), ...headers },
        { endStream: body === undefined },
      );
      stream.on('response', ({ ':status': status }) => {
        this.#statuses[status!] = (this.#statuses[status!] ?? 0) + 1;
      });
      stream.on('data', (chunk: Uint8Array) => {
        this.#bytes += chunk.length;
      });
      stream.on('error', reject);
      stream.on('end', () => {
        this.#latencies.push(performance.now() - from);
        resolve();
      });
      if (body !== undefined) stream.end(fill(body, at));
    });
  }
}

/** Creates objects named `w-<number>` while watchers look on. */
async function watched(load: Load, spec: LoadSpec): Promise<LoadResult> {
  const answeredMs = new Map<string, number>();
  const delays: number[] = [];
  const wanted = spec.requests * spec.watchers!;
  const { promise, resolve } = Promise.withResolvers<void>();
  let events = 0;
  await load.watch((name) => {
    if (!name.startsWith('w-')) return;
    // An event may be here before its answer: then nobody waited.
    delays.push(performance.now() - (answeredMs.get(name) ?? performance.now()));
    if (++events === wanted) resolve();
  });
  const from = performance.now();
  const result = await load.run((at) => answeredMs.set(`w-${at}`, performance.now()));
  await promise;
  const eventsPerSecond = wanted / ((performance.now() - from) / 1000);
  const { streamsClosed } = load;
  return { ...result, eventsPerSecond, eventP99Ms: quantile(delays, 0.99), streamsClosed };
}

const spec = JSON.parse(process.argv[2]!) as LoadSpec;
const load = new Load(spec);
const result = await (spec.watchers === undefined ? load.run() : watched(load, spec));
process.stdout.write(JSON.stringify(result));
load.close();
