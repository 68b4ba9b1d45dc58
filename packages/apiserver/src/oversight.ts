import { FlowSchemas, type Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import { auditFigures, type AuditSettings, auditStations } from './audit/index.ts';
import type { Objects } from './authz/objects.ts';
import { inFlight, type InFlightLimits, defaultInFlight } from './chain/in-flight.ts';
import type { Request, Station } from './chain/station.ts';
import { pages } from './discovery/pages.ts';
import { Fairness } from './flow-control/index.ts';
import {
  type AccessFigures,
  accessFigures,
  featureMetrics,
  type ProcessFigures,
  processMetrics,
  type RequestFigures,
  requestFigures,
  storedMetrics,
} from './metrics/index.ts';
import type { Tracer } from './tracing/index.ts';
import type { Engine } from './rest/engine.ts';

/** What watches over requests, as the server's flags set it. */
export interface OversightSettings {
  readonly inFlight?: InFlightLimits;
  /** `--enable-priority-and-fairness`. */
  readonly isFair?: boolean;
  /** What is recorded of requests, and where; nothing when absent. */
  readonly audit?: AuditSettings;
  /** Traces requests; nothing is traced when absent. */
  readonly tracer?: Tracer;
  /** The server's flags and their values, for `/flagz`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Reads the figures of this process, where it has some. */
  readonly process?: () => ProcessFigures;
}

/** What watches over requests: metrics, priority and fairness, and the pages that tell of them. */
export interface Oversight {
  readonly requests: RequestFigures;
  readonly access: AccessFigures;
  readonly fairness: Station;
  /** Around authentication, behind it, and behind impersonation. */
  readonly audit: Readonly<Record<'failed' | 'audit' | 'actor', readonly Station[]>>;
  readonly pages: Station;
  /** Follows what the caches hold, once they are filled. */
  open(): void;
}

/** Part of the request's time that it may wait for a seat. */
const waitPart = 1 / 4;
const requestTimeoutMs = 60_000;

export function oversight(
  settings: OversightSettings,
  engine: Engine,
  objects: Objects,
): Oversight {
  const { world } = engine;
  const limits = settings.inFlight ?? defaultInFlight;
  const isFair = settings.isFair !== false && keeps(engine, FlowSchemas);
  const fairness = isFair ? fairnessOf(world, limits, engine) : undefined;
  processMetrics(world, settings.process);
  storedMetrics(engine);
  featureMetrics(world, engine.enabled);
  return {
    requests: requestFigures(
      world,
      ({ info: { group, version, resource } }) =>
        engine.catalog.get(group, version, resource)?.kind.deprecated !== undefined,
    ),
    access: accessFigures(world),
    audit: auditOf(world, settings.audit),
    fairness: fairness?.station ?? inFlight(limits),
    pages: pages(engine, fairness, settings.flags ?? {}),
    open: () => fairness?.follow(objects),
  };
}

/** Where nothing is recorded, traces tell of the station all the same. */
const unaudited: Station = { name: 'audit', pass: (request, next) => next(request) };

function auditOf(world: World, settings: AuditSettings | undefined): Oversight['audit'] {
  auditFigures(world);
  if (!settings) return { failed: [], audit: [unaudited], actor: [] };
  const stations = auditStations(world, settings);
  return { failed: [stations.failed], audit: [stations.audit], actor: [stations.actor] };
}

const fairnessOf = (world: World, limits: InFlightLimits, { catalog }: Engine): Fairness =>
  new Fairness({
    world,
    seats: limits.readsMax + limits.writesMax,
    waitMaxMs: requestTimeoutMs * waitPart,
    crowd({ info }: Request) {
      const cache = catalog.get(info.group, info.version, info.resource)?.cache;
      return cache && { objects: cache.size, watchers: cache.watchers };
    },
  });

const keeps = ({ catalog }: Engine, { group, version, resource }: Resource): boolean =>
  catalog.kept(group, version, resource) !== undefined;
