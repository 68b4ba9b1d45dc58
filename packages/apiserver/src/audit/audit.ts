import { ApiError, internalError, type KubeObject, type UserInfo } from '@coxswain/api';
import { type Figure, uuid, type World } from '@coxswain/base';
import { isLongRunning } from '../chain/deadline.ts';
import type { Next, Request, Response, Station } from '../chain/station.ts';
import {
  asWritten,
  type AuditEvent,
  auditUser,
  moment,
  objectRef,
  responseStatus,
  sourceIps,
  userAgent,
  withoutManagedFields,
} from './event.ts';
import { type Level, type Policy, recorded, type Recorded, type Stage } from './policy.ts';

/** Takes events; returns when they are kept, in blocking modes. Throws when they cannot be. */
export type AuditSink = (event: AuditEvent) => void | Promise<void>;

export interface AuditSettings {
  readonly policy: Policy;
  readonly sinks: readonly AuditSink[];
}

/** The record of one request, which stations and verbs tell of what they see. */
export interface Audited {
  /** The object that the client sent, as it was understood. */
  object(object: KubeObject): void;
  /** The patch that the client sent. */
  patch(document: unknown): void;
  /** As whom the request acts. */
  actsAs(user: UserInfo): void;
  /** The verb of constrained impersonation that allowed it. */
  constrainedBy(verb: string): void;
}

/** Most annotations one request may gather. */
const annotationsMax = 64;

class RequestRecord implements Audited {
  readonly annotations: Map<string, string> = new Map();
  readonly #request: Request;
  readonly #rule: Recorded;
  readonly #world: World;
  readonly #sinks: readonly AuditSink[];
  readonly #id: string;
  readonly #receivedMs: number;
  #sent: { readonly object: unknown; readonly isPatch: boolean } | undefined;
  #actor: UserInfo | undefined;
  #constraint: string | undefined;

  constructor(request: Request, rule: Recorded, world: World, sinks: readonly AuditSink[]) {
    this.#request = request;
    this.#rule = rule;
    this.#world = world;
    this.#sinks = sinks;
    this.#id = request.auditId || uuid(world.random);
    this.#receivedMs = world.clock.now();
  }

  get level(): Level {
    return this.#rule.level;
  }

  object(object: KubeObject): void {
    if (!this.#sent?.isPatch) this.#sent = { object, isPatch: false };
  }

  patch(document: unknown): void {
    this.#sent = { object: document, isPatch: true };
  }

  actsAs(user: UserInfo): void {
    if (user !== this.#request.user) this.#actor = user;
  }

  constrainedBy(verb: string): void {
    this.#constraint = verb;
  }

  annotate(key: string, value: string): void {
    if (this.annotations.size < annotationsMax && !this.annotations.has(key))
      this.annotations.set(key, value);
  }

  async tell(stage: Stage, code?: number, answer?: unknown): Promise<void> {
    if (this.#rule.omitStages.includes(stage)) return;
    const event = this.#event(stage, code, answer);
    for (const sink of this.#sinks) {
      const kept = sink(event);
      if (kept) await kept;
    }
  }

  #event(stage: Stage, code: number | undefined, answer: unknown): AuditEvent {
    const request = this.#request;
    const { level } = this.#rule;
    const sent = this.#sent;
    const shown = (object: unknown): unknown =>
      asWritten(this.#rule.omitManagedFields ? withoutManagedFields(object) : object);
    const withBodies = level === 'Request' || level === 'RequestResponse';
    const about = sent && !sent.isPatch ? (sent.object as KubeObject) : undefined;
    return {
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level, auditID: this.#id, stage },
      requestURI: request.target,
      verb: request.info.verb,
      user: auditUser(request.user),
      impersonatedUser: this.#actor && auditUser(this.#actor),
      authenticationMetadata: this.#constraint
        ? { impersonationConstraint: this.#constraint }
        : undefined,
      sourceIPs: sourceIps(request),
      userAgent: userAgent(request),
      objectRef: objectRef(request, about),
      responseStatus: code === undefined ? undefined : responseStatus(code, answer),
      requestObject: withBodies && sent ? shown(sent.object) : undefined,
      responseObject:
        level === 'RequestResponse' && answer !== undefined ? shown(answer) : undefined,
      requestReceivedTimestamp: moment(this.#receivedMs),
      stageTimestamp: moment(this.#world.clock.now()),
      annotations: this.annotations.size ? Object.fromEntries(this.annotations) : undefined,
    };
  }
}

/** Zero, too, where nothing is audited. */
export const auditFigures = ({
  metrics,
}: World): Readonly<Record<'events' | 'refused', Figure>> => ({
  events: metrics.counter({
    ...{ name: 'apiserver_audit_event_total', stability: 'ALPHA' },
    help: 'Audit events that were made.',
  }),
  refused: metrics.counter({
    ...{ name: 'apiserver_audit_requests_rejected_total', stability: 'ALPHA' },
    help: 'Requests refused because no audit event could be kept.',
  }),
});

/** The stations of the audit: what failed to authenticate, every request by policy, and as whom it acts. */
export function auditStations(
  world: World,
  settings: AuditSettings,
): { readonly failed: Station; readonly audit: Station; readonly actor: Station } {
  const { policy, sinks } = settings;
  const { events, refused } = auditFigures(world);
  const levels = world.metrics.counter({
    ...{ name: 'apiserver_audit_level_total', labels: ['level'], stability: 'ALPHA' },
    help: 'Requests by the level at which they are recorded.',
  });
  const counting: readonly AuditSink[] = [() => events.add(1), ...sinks];
  const open = (request: Request): RequestRecord | undefined => {
    const rule = recorded(policy, request.user, request.info);
    levels.add(1, rule.level);
    if (rule.level === 'None') return undefined;
    return new RequestRecord(request, rule, world, counting);
  };
  const begin = async (record: RequestRecord): Promise<void> => {
    try {
      await record.tell('RequestReceived');
    } catch (error) {
      refused.add(1);
      throw internalError(new Error('failed to store audit event', { cause: error }));
    }
  };
  return {
    failed: {
      name: 'audit-unauthenticated',
      async pass(request, next) {
        try {
          return await next(request);
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 401 || wasRecorded.has(error))
            throw error;
          const record = open(request);
          await record?.tell('ResponseStarted', 401, error.toStatus());
          throw error;
        }
      },
    },
    audit: {
      name: 'audit',
      async pass(request, next) {
        const record = open(request);
        if (!record) return next({ ...request, annotate: annotationsOf() });
        await begin(record);
        const annotate = record.annotate.bind(record);
        return watched(record, { ...request, annotate, audited: record }, next);
      },
    },
    actor: {
      name: 'audit-actor',
      pass(request, next) {
        request.audited?.actsAs(request.user!);
        return next(request);
      },
    },
  };
}

/** Errors that an event has told of already. */
const wasRecorded = new WeakSet<ApiError>();

/** Without a record annotations go nowhere. */
const annotationsOf = () => (): void => {};

async function watched(record: RequestRecord, request: Request, next: Next): Promise<Response> {
  const isLong = isLongRunning(request);
  const end = (code: number, answer?: unknown): Promise<void> =>
    record.tell('ResponseComplete', code, answer);
  let response: Response;
  try {
    response = await next(request);
  } catch (error) {
    if (!(error instanceof ApiError)) {
      const said = internalError(error).toStatus();
      await record.tell('Panic', 500, { ...said, message: `APIServer panic'd: ${String(error)}` });
      throw error;
    }
    wasRecorded.add(error);
    if (isLong) await record.tell('ResponseStarted', error.code, error.toStatus());
    await end(error.code, error.toStatus());
    throw error;
  }
  switch (response.as) {
    case 'watch':
      await record.tell('ResponseStarted', 200);
      return { ...response, events: ending(response.events, () => end(200)) };
    case 'upgrade': {
      const { accept } = response;
      await record.tell('ResponseStarted', 101);
      return { ...response, accept: (to) => accept(to).finally(() => end(101)) };
    }
    case 'bytes':
      if (isLong) await record.tell('ResponseStarted', response.code);
      await end(response.code);
      return response;
    case 'object':
      await end(response.code, response.object);
      return response;
  }
}

async function* ending<T>(
  events: AsyncIterable<T>,
  end: () => Promise<void>,
): AsyncGenerator<T, void> {
  try {
    yield* events;
  } finally {
    await end();
  }
}
