import { FlowSchemas, PriorityLevelConfigurations } from '@coxswain/api';
import type { FlowSchema, PriorityLevelConfiguration } from '@coxswain/api/types/flowcontrol-v1';
import type { World } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import type { Next, Request, Response, Station } from '../chain/station.ts';
import { isLongRunning } from '../chain/deadline.ts';
import { SeatDemand } from './demand.ts';
import { type FairnessFigures, fairnessFigures } from './figures.ts';
import { byPrecedence, distinguisher, matches } from './match.ts';
import {
  type Patience,
  QueueSet,
  type Rejection,
  type Seat,
  type Ticket,
  waitedTooLong,
} from './queue-set.ts';
import { refusal, tooMany } from './refusal.ts';
import { adjusted, type Limits, limitsOf } from './shares.ts';
import { type Crowd, widest, type Width, widthOf } from './width.ts';

/** How often levels lend and borrow anew. */
const adjustEveryMs = 10_000;

/** One priority level at work. */
export interface Level {
  readonly name: string;
  config: PriorityLevelConfiguration;
  limits: Limits;
  widest: number;
  readonly queues: QueueSet;
  readonly demand: SeatDemand;
  readonly working: Map<Ticket, { readonly request: Request; readonly startedMs: number }>;
  readonly counts: { dispatched: number; rejected: number; timedOut: number; cancelled: number };
  /** Its object is gone; it ends with its last request. */
  quiescing: boolean;
}

/** A schema and its level, with the figures of both. */
interface Route {
  readonly schema: FlowSchema;
  readonly level: Level;
  readonly width: (seats: number) => void;
  readonly waited: (seconds: number) => void;
  readonly dispatched: (requests: number) => void;
  readonly executed: (seconds: number) => void;
}

export interface FairnessSettings {
  readonly world: World;
  /** Seats of the whole server. */
  readonly seats: number;
  /** How long a request may wait for one. */
  readonly waitMaxMs: number;
  readonly crowd: (request: Request) => Crowd | undefined;
}

/**
 * Lets requests in by priority and fairness: the first schema that matches names the level; a level has so many seats,
 * lends what it does not need, and queues or refuses what comes on top.
 */
export class Fairness {
  readonly #settings: FairnessSettings;
  readonly #figures: FairnessFigures;
  readonly #schemas = new Map<string, FlowSchema>();
  readonly #configs = new Map<string, PriorityLevelConfiguration>();
  readonly levels: Map<string, Level> = new Map();
  #ordered: readonly Route[] = [];
  #stale = true;
  #adjustedMs: number;
  #timer: Disposable | undefined;

  constructor(settings: FairnessSettings) {
    this.#settings = settings;
    this.#figures = fairnessFigures(settings.world.metrics);
    this.#adjustedMs = settings.world.clock.now();
    settings.world.metrics.beforeScrape(() => this.#show());
  }

  /** Takes schemas and levels from the server's own caches, and follows them. */
  follow(objects: Objects): void {
    objects.follow(FlowSchemas, (now, before) => {
      if (now) this.#schemas.set(now.metadata.name, now);
      else this.#schemas.delete(before!.metadata.name);
      this.#stale = true;
    });
    objects.follow(PriorityLevelConfigurations, (now, before) => {
      if (now) this.#configs.set(now.metadata.name, now);
      else this.#configs.delete(before!.metadata.name);
      this.#stale = true;
    });
  }

  readonly station: Station = {
    name: 'priority-and-fairness',
    // Components of this process take no place from clients; streams and proxies live too long to hold one.
    skips: (request) =>
      request.body.from === 'memory' || (isLongRunning(request) && request.info.verb !== 'watch'),
    pass: (request, next) => this.#pass(request, next),
  };

  async #pass(request: Request, next: Next): Promise<Response> {
    const { info } = request;
    const found = this.#classify(request);
    if (!found) return next(request);
    const { schema, level } = found;
    if (request.answerHeaders) {
      request.answerHeaders['x-kubernetes-pf-flowschema-uid'] = schema.metadata.uid!;
      request.answerHeaders['x-kubernetes-pf-prioritylevel-uid'] = level.config.metadata.uid!;
    }
    const { clock } = this.#settings.world;
    const width = widthOf(request, () => this.#settings.crowd(request), level.widest);
    const ticket: Ticket = {
      schema: schema.metadata.name,
      flow: distinguisher(schema, request.user!, info),
      seats: Math.max(width.seats, width.finalSeats),
      arrivedMs: clock.now(),
    };
    found.width(ticket.seats);
    const seat = await this.#seat(request, found, ticket);
    if (typeof seat === 'string') return this.#refuse(request, level, ticket, seat);
    level.working.set(ticket, { request, startedMs: seat.startedMs });
    try {
      return await next(request);
    } finally {
      this.#end(found, ticket, seat, width);
    }
  }

  /** A seat of an exempt level is only counted. */
  async #seat(request: Request, route: Route, ticket: Ticket): Promise<Seat | Rejection> {
    const { level } = route;
    const { clock } = this.#settings.world;
    const nowMs = ticket.arrivedMs;
    this.#adjustIfDue(nowMs);
    level.demand.add(ticket.seats, nowMs);
    const given = isExempt(level)
      ? { queue: undefined, startedMs: nowMs }
      : level.queues.enter(ticket, nowMs, () => this.#patience(request));
    const seat = given instanceof Promise ? await given : given;
    const executes = typeof seat !== 'string';
    const waited = (clock.now() - nowMs) / 1000;
    if (executes) route.waited(waited);
    else {
      this.#figures.waited.observe(waited, level.name, ticket.schema, 'false');
      level.demand.add(-ticket.seats, clock.now());
      return seat;
    }
    level.counts.dispatched++;
    route.dispatched(1);
    return given instanceof Promise ? { ...seat, startedMs: clock.now() } : seat;
  }

  /** A wait ends with the request, or when it was too long. */
  #patience({ signal }: Request): Patience {
    const tooLong = new AbortController();
    const { clock, network = clock } = this.#settings.world;
    const timer = network.after(this.#settings.waitMaxMs, () => tooLong.abort(waitedTooLong));
    return { signal: AbortSignal.any([signal, tooLong.signal]), timer };
  }

  #end({ level, executed }: Route, ticket: Ticket, seat: Seat, width: Width): void {
    const { clock } = this.#settings.world;
    const nowMs = clock.now();
    const { seats } = ticket;
    level.working.delete(ticket);
    executed((nowMs - seat.startedMs) / 1000);
    const leave = (): void => {
      const endMs = clock.now();
      level.demand.add(-seats, endMs);
      if (!isExempt(level)) level.queues.end(ticket, seat, endMs);
      if (level.quiescing) this.#stale = true;
    };
    if (width.finalMs > 0 && !isExempt(level)) clock.after(width.finalMs, leave);
    else leave();
  }

  #refuse(request: Request, level: Level, ticket: Ticket, why: Rejection): Response {
    if (why === 'time-out') level.counts.timedOut++;
    else if (why === 'cancelled') level.counts.cancelled++;
    else level.counts.rejected++;
    this.#figures.rejected.add(1, level.name, ticket.schema, why);
    if (request.signal.aborted) throw request.signal.reason;
    return refusal(tooMany);
  }

  #classify(request: Request): Route | undefined {
    if (this.#stale) this.#rebuild();
    const { user, info } = request;
    return this.#ordered.find(({ schema }) => matches(schema, user!, info));
  }

  /** Levels and the order of schemas, after a change of any of them. */
  #rebuild(): void {
    this.#stale = false;
    const nowMs = this.#settings.world.clock.now();
    for (const level of this.levels.values()) {
      level.quiescing = !this.#configs.has(level.name);
      if (level.quiescing && level.working.size + level.queues.waiting === 0)
        this.levels.delete(level.name);
    }
    const configs = [...this.#configs.values()];
    const limits = limitsOf(configs, this.#settings.seats);
    configs.forEach((config, at) => this.#configure(config, limits[at]!, nowMs));
    this.#ordered = [...this.#schemas.values()].toSorted(byPrecedence).flatMap((schema) => {
      const level = this.levels.get(schema.spec.priorityLevelConfiguration?.name ?? '');
      return level && !level.quiescing ? [this.#route(schema, level)] : [];
    });
  }

  #route(schema: FlowSchema, level: Level): Route {
    const { width, waited, dispatched, executed } = this.#figures;
    const pair = [level.name, schema.metadata.name] as const;
    return {
      ...{ schema, level },
      width: width.of(...pair),
      waited: waited.of(...pair, 'true'),
      dispatched: dispatched.of(...pair),
      executed: executed.of(...pair, 'regular'),
    };
  }

  #configure(config: PriorityLevelConfiguration, limits: Limits, nowMs: number): void {
    const { name } = config.metadata;
    const queuing = config.spec.limited?.limitResponse?.queuing;
    const rules = queuing && {
      queues: queuing.queues ?? 64,
      handSize: queuing.handSize ?? 8,
      lengthMax: queuing.queueLengthLimit ?? 50,
    };
    const most = widest(limits.nominal, rules?.handSize);
    const level = this.levels.get(name);
    if (level) {
      const isMoved = level.limits.nominal !== limits.nominal || level.limits.min !== limits.min;
      Object.assign(level, { config, limits, widest: most });
      level.queues.configure(rules);
      if (isMoved) level.queues.setLimit(initial(limits), nowMs);
      return;
    }
    this.levels.set(name, {
      ...{ name, config, limits, widest: most, quiescing: false, working: new Map() },
      queues: new QueueSet(rules, initial(limits), nowMs),
      demand: new SeatDemand(nowMs),
      counts: { dispatched: 0, rejected: 0, timedOut: 0, cancelled: 0 },
    });
  }

  /** Lends and borrows when a period is over; a timer only while somebody waits, who may need it. */
  #adjustIfDue(nowMs: number): void {
    if (nowMs - this.#adjustedMs >= adjustEveryMs) this.#adjust(nowMs);
    if (this.#timer || ![...this.levels.values()].some(({ queues }) => queues.waiting > 0)) return;
    const { clock } = this.#settings.world;
    this.#timer = clock.after(adjustEveryMs - (nowMs - this.#adjustedMs), () => {
      this.#timer = undefined;
      this.#adjustIfDue(clock.now());
    });
  }

  #adjust(nowMs: number): void {
    this.#adjustedMs = nowMs;
    const levels = [...this.levels.values()];
    for (const { demand } of levels) demand.settle(nowMs);
    const seats = adjusted(
      levels.map((level) => ({
        limits: level.limits,
        isExempt: isExempt(level),
        highWatermark: level.demand.highWatermark,
        smoothed: level.demand.smoothed,
      })),
    );
    levels.forEach(({ queues }, at) => queues.setLimit(seats[at]!, nowMs));
  }

  /** What is read at a scrape rather than counted. */
  #show(): void {
    if (this.#stale) this.#rebuild();
    const { limits, demand, inflight } = this.#figures;
    const kinds = { mutating: 0, readOnly: 0 };
    for (const level of this.levels.values()) {
      limits.nominal.set(level.limits.nominal, level.name);
      limits.lower.set(level.limits.min, level.name);
      limits.upper.set(level.limits.max, level.name);
      limits.current.set(level.queues.limit, level.name);
      demand.average.set(level.demand.average, level.name);
      demand.high_watermark.set(level.demand.highWatermark, level.name);
      demand.smoothed.set(level.demand.smoothed, level.name);
      demand.stdev.set(level.demand.deviation, level.name);
      this.#showRequests(level);
      for (const { request } of level.working.values())
        kinds[readVerbs.has(request.info.verb) ? 'readOnly' : 'mutating']++;
    }
    inflight.set(kinds.mutating, 'mutating');
    inflight.set(kinds.readOnly, 'readOnly');
  }

  #showRequests(level: Level): void {
    const { executing, seats, inQueue } = this.#figures;
    for (const { schema, level: of } of this.#ordered)
      if (of === level)
        for (const figure of [executing, seats, inQueue])
          figure.set(0, level.name, schema.metadata.name);
    for (const ticket of level.working.keys()) {
      executing.add(1, level.name, ticket.schema);
      seats.add(ticket.seats, level.name, ticket.schema);
    }
    for (const { waiting } of level.queues.queues)
      for (const { ticket } of waiting) inQueue.add(1, level.name, ticket.schema);
  }
}

const readVerbs = new Set(['get', 'list', 'watch']);
const isExempt = ({ config }: Level): boolean => config.spec.type === 'Exempt';
const initial = ({ nominal, min }: Limits): number => nominal - Math.floor((nominal - min) / 2);
