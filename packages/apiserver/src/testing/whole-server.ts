import { generateKeyPairSync } from 'node:crypto';
import type { Resource, UserInfo, WatchEvent } from '@coxswain/api';
import { type VirtualClock, virtualWorld, type World } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { bootstrap, standardParts } from '../bootstrap/index.ts';
import { issue } from '../certificates/issue.ts';
import type { InFlightLimits } from '../chain/in-flight.ts';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import type { Request } from '../chain/station.ts';
import { builtInKinds } from '../kinds/index.ts';
import { serviceStock } from '../rest/allocate/service-stock.ts';
import { encodeResponse } from '../rest/encode.ts';
import { type ApiServer, createApiServer } from '../server.ts';
import type { Tracer } from '../tracing/index.ts';
import { type CallVerbs, verbsOf } from './server.ts';

const authority = issue({
  commonName: 'authority',
  use: 'authority',
  notBeforeMs: Date.UTC(2020, 0),
  notAfterMs: Date.UTC(2060, 0),
}).certificate;
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const serviceAccountKeys = {
  key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  publicKeys: [pair.publicKey.export({ format: 'pem', type: 'spki' }) as string],
};
export const admin: UserInfo = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
};

/** A request in bytes, as a listener makes it. */
export interface WireCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

export interface WireAnswer<T> {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly warnings: readonly string[];
  /** The body as JSON. */
  readonly object: T;
}

/** The server as `cox up` has it: all kinds, authorisers, admission and bootstrap objects; in memory, on a virtual clock. */
export interface WholeServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly world: World & { readonly clock: VirtualClock };
  /** Calls without bytes, as somebody. */
  as(user: UserInfo): CallVerbs;
  /** A call in bytes to `target`, path and query; without a token it is anonymous. */
  wire<T = { kind: string; message: string }>(
    target: string,
    call?: WireCall,
  ): Promise<WireAnswer<T>>;
  /** The batches of a watch over the wire, decoded. */
  stream(target: string, call: WireCall & { signal: AbortSignal }): AsyncGenerator<WatchEvent>;
  advance(ms: number): Promise<void>;
}

export interface WholeOptions {
  readonly world?: World & { readonly clock: VirtualClock };
  readonly storage?: Storage;
  readonly eventTtlMs?: number;
  readonly inFlight?: InFlightLimits;
  readonly isOff?: (resource: Resource) => boolean;
  readonly tracer?: Tracer;
}

const tokens = 'admin-token,admin,1,system:masters\n';
/** The bearer token of the administrator. */
export const adminToken = 'admin-token';
const never = new AbortController().signal;

export async function openWholeServer(options: WholeOptions = {}): Promise<WholeServer> {
  const world = options.world ?? virtualWorld();
  const storage = options.storage ?? openMemoryStorage(world);
  const enabled = (): boolean => false;
  const server = createApiServer({
    world,
    storage,
    kinds: builtInKinds,
    parts: standardParts({
      ...{ world, enabled, clientCa: authority, frontProxyCa: authority, serviceAccountKeys },
      authorizationMode: 'Node,RBAC',
      admission: { enable: ['NodeRestriction'], disable: [] },
      tokenFile: tokens,
      anonymous: true,
      outgoing: outgoing(),
    }),
    stocks: [serviceStock(['10.96.0.0/16'], { from: 30_000, to: 32_767 })],
    ...(options.tracer && { tracer: options.tracer }),
    ...(options.isOff && { isOff: options.isOff }),
    ...(options.inFlight && { inFlight: options.inFlight }),
    ...(options.eventTtlMs && { eventTtlMs: options.eventTtlMs }),
    freezeDeeply: true,
  });
  await server.ready();
  const system = {
    serviceRanges: ['10.96.0.0/16'],
    enabled,
  };
  await bootstrap(server.handle, server.objects, system, never);
  return {
    ...{ server, world },
    as: (user) => verbsOf(server.handle, user),
    wire: (target, call) => wire(server, target, call ?? {}),
    stream: (target, call) => stream(server, target, call),
    advance: (ms) => advance(world, ms),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (!options.storage) await storage[Symbol.asyncDispose]();
    },
  };
}

async function advance({ clock }: { readonly clock: VirtualClock }, ms: number): Promise<void> {
  const until = clock.now() + ms;
  await quiet();
  while (clock.step(until)) await quiet();
  await quiet();
}

/** Memory storage and signatures need a few turns of the loop. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function requestOf(target: string, call: WireCall, warnings: string[]): Request {
  const { method = 'GET', headers = {}, body = '', token, signal = never } = call;
  const [path = '', search = ''] = target.split('?');
  const query = new URLSearchParams(search);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return {
    info: parseRequestInfo(method, path, query),
    ...{ method, path, target, query, signal, user: undefined, auditId: 'audit' },
    headers: {
      'user-agent': 'test/1',
      ...headers,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...{ remoteAddress: '127.0.0.1', clientCertificate: undefined },
    body: { from: 'wire', read: async () => bytes },
    warn: (text) => void warnings.push(text),
    annotate() {},
  };
}

async function wire<T>(server: ApiServer, target: string, call: WireCall): Promise<WireAnswer<T>> {
  const warnings: string[] = [];
  const request = requestOf(target, call, warnings);
  const response = await server.respond(request);
  if (response.as === 'upgrade') throw new Error('an upgrade, not an answer');
  const { code, headers, body } = encodeResponse(request, response);
  const pieces: Uint8Array[] = [];
  for await (const part of body) pieces.push(...[part].flat());
  const text = Buffer.concat(pieces).toString();
  return {
    ...{ code, headers, text, warnings },
    get object() {
      return JSON.parse(text) as T;
    },
  };
}

async function* stream(
  server: ApiServer,
  target: string,
  call: WireCall,
): AsyncGenerator<WatchEvent> {
  const request = requestOf(target, call, []);
  const response = await server.respond(request);
  if (response.as === 'upgrade') throw new Error('an upgrade, not a watch');
  const { code, body } = encodeResponse(request, response);
  if (code !== 200) throw new Error(`no watch, but ${code}`);
  for await (const batch of body as AsyncIterable<readonly Uint8Array[]>)
    for (const line of Buffer.concat(batch).toString().trimEnd().split('\n'))
      yield JSON.parse(line) as WatchEvent;
}
