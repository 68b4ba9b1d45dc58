/**
 * A process that loads an API server over HTTP/2 and prints what it measured as JSON: `node load.ts SPEC`, where SPEC is
 * the JSON of a LoadSpec. It is a process of its own so that its work does not count as the server's.
 */
import { H2Client } from './h2-client.ts';
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
  /** Requests a second; as fast as they go when absent. */
  readonly rate?: number | undefined;
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
const name = /"name":"(w-\d+)"/g;

class Load {
  readonly #spec: LoadSpec;
  readonly #clients: readonly H2Client[];
  readonly #watching: readonly H2Client[];
  readonly #latencies: number[] = [];
  readonly #statuses: Record<string, number> = {};
  #bytes = 0;
  #streamsClosed = 0;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    const { url, ca, certificate: cert, key, token, insecure } = spec.target;
    const tls = {
      rejectUnauthorized: !insecure,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert, key }),
    };
    const auth = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const open = (count: number, method: string, headers: Readonly<Record<string, string>> = {}) =>
      Array.from({ length: count }, () => new H2Client(url, tls, method, { ...auth, ...headers }));
    this.#clients = open(spec.connections, spec.method, spec.headers);
    this.#watching = open(spec.watchers === undefined ? 0 : spec.connections, 'GET');
  }

  async connected(): Promise<void> {
    await Promise.all([...this.#clients, ...this.#watching].map((client) => client.connected()));
  }

  async run(onDone: (at: number) => void = () => {}): Promise<LoadResult> {
    const { requests, inFlight, rate } = this.#spec;
    let next = 0;
    const from = performance.now();
    const lane = async (_: unknown, lane: number): Promise<void> => {
      const client = this.#clients[lane % this.#clients.length]!;
      while (next < requests) {
        const at = next++;
        const early = rate === undefined ? 0 : from + (at * 1000) / rate - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        await this.#request(client, at);
        onDone(at);
      }
    };
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

  /** Opens all watches; resolves when each was answered. `onName` hears the name in every event, `onClosed` how many a watch saw. */
  async watch(onName: (name: string) => void, onClosed: (seen: number) => void): Promise<void> {
    const { watchers = 0, watchPath = '' } = this.#spec;
    const open = (_: unknown, at: number) =>
      new Promise<void>((resolve) => {
        let rest = '';
        let seen = 0;
        this.#watching[at % this.#watching.length]!.request(watchPath, undefined, {
          head: () => resolve(),
          data(chunk) {
            const text = rest + chunk.toString('latin1');
            const end = text.lastIndexOf('\n') + 1;
            rest = text.slice(end);
            let line = 0;
            for (const match of text.slice(0, end).matchAll(name)) {
              if (match.index < line) continue; // of the same event
              line = text.indexOf('\n', match.index);
              seen++;
              onName(match[1]!);
            }
          },
          end: () => {
            this.#streamsClosed++;
            onClosed(seen);
          },
        });
      });
    await Promise.all(Array.from({ length: watchers }, open));
  }

  get streamsClosed(): number {
    return this.#streamsClosed;
  }

  close(): void {
    for (const client of [...this.#clients, ...this.#watching]) client.close();
  }

  #request(client: H2Client, at: number): Promise<void> {
    const { path, body } = this.#spec;
    const from = performance.now();
    return new Promise((resolve, reject) => {
      client.request(fill(path, at), body && fill(body, at), {
        head: (status) => {
          this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
        },
        data: (chunk) => {
          this.#bytes += chunk.length;
        },
        end: (isWhole) => {
          if (!isWhole) return reject(new Error(`${path}: the answer was cut off`));
          this.#latencies.push(performance.now() - from);
          resolve();
        },
      });
    });
  }
}

/** Creates objects named `w-<number>` while watchers look on. */
async function watched(load: Load, spec: LoadSpec): Promise<LoadResult> {
  const answeredMs = new Map<string, number>();
  const delays: number[] = [];
  let wanted = spec.requests * spec.watchers!;
  const { promise, resolve } = Promise.withResolvers<void>();
  let events = 0;
  const look = (): void => {
    if (events >= wanted) resolve();
  };
  await load.watch(
    (seen) => {
      // An event may be here before its answer: then nobody waited.
      delays.push(performance.now() - (answeredMs.get(seen) ?? performance.now()));
      events++;
      look();
    },
    (seen) => {
      wanted -= spec.requests - seen; // what it has not seen it never will
      look();
    },
  );
  const from = performance.now();
  const result = await load.run((at) => answeredMs.set(`w-${at}`, performance.now()));
  await promise;
  const eventsPerSecond = events / ((performance.now() - from) / 1000);
  const { streamsClosed } = load;
  return { ...result, eventsPerSecond, eventP99Ms: quantile(delays, 0.99), streamsClosed };
}

const spec = JSON.parse(process.argv[2]!) as LoadSpec;
const load = new Load(spec);
await load.connected();
const result = await (spec.watchers === undefined ? load.run() : watched(load, spec));
process.stdout.write(JSON.stringify(result));
load.close();
