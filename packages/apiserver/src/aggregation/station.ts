import type { APIGroupDiscoveryList } from '@coxswain/api/types/apidiscovery-v2';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { APIGroup, APIGroupList } from '@coxswain/api/types/meta';
import type { World } from '@coxswain/base';
import type { StreamWire } from '@coxswain/api/streaming';
import { segments } from '../chain/parse-request-info.ts';
import type { Next, Request, Response, Station } from '../chain/station.ts';
import { wantsAggregated } from '../discovery/aggregated.ts';
import {
  type KnownRemote,
  mergedDiscovery,
  mergedGroup,
  mergedGroupList,
  type Ranks,
} from './merge.ts';
import type { MergedOpenApi } from './merged-openapi.ts';
import { passOn } from './pass-on.ts';
import { pageNotFound } from '../rest/not-found.ts';
import { bytesOf } from './remote-get.ts';
import type { RemoteWays } from './remote.ts';

/** What the station knows of other servers. */
export interface Remotes {
  readonly world: World;
  remote(group: string, version: string): APIService | undefined;
  readonly remotes: readonly KnownRemote[];
  readonly ranks: Ranks;
}

/** Passes on what other servers answer, and puts what they serve into discovery. */
export function aggregate(
  known: Remotes,
  ways: RemoteWays,
  wire: Omit<StreamWire, 'dial'>,
): Station {
  // What puts documents together is loaded with the first request for one.
  let openApi: Promise<MergedOpenApi> | undefined;
  const on = (service: APIService, request: Request): Promise<Response> =>
    passOn(ways, wire, service, request);
  return {
    name: 'aggregate',
    pass(request, next) {
      const { path } = request;
      if (path.startsWith('/openapi/v')) {
        const { world, remotes, ranks } = known;
        if (remotes.length === 0) return next(request);
        openApi ??= world.work.track(
          import('./merged-openapi.ts').then((made) => new made.MergedOpenApi()),
        );
        return openApi.then((merged) =>
          merged.pass(request, next, { world, remotes, ranks, passOn: on }),
        );
      }
      if (!path.startsWith('/apis')) return next(request);
      const [root, group, version] = segments(path);
      if (root !== 'apis') return next(request);
      if (group !== undefined && version !== undefined) {
        const service = known.remote(group, version);
        return service ? on(service, request) : next(request);
      }
      if (request.method !== 'GET' || known.remotes.length === 0) return next(request);
      if (group !== undefined) return oneGroup(known, group, request, next);
      return wantsAggregated(request)
        ? allAtOnce(known, request, next)
        : allGroups(known, request, next);
    },
  };
}

async function oneGroup(
  { remotes, ranks }: Remotes,
  name: string,
  request: Request,
  next: Next,
): Promise<Response> {
  const local = await next(request);
  if (!remotes.some(({ service }) => service.spec.group === name)) return local;
  const found =
    local.as === 'object' && local.code === 200 ? (local.object as APIGroup) : undefined;
  const merged = mergedGroup(found, name, remotes, ranks);
  if (!merged) return pageNotFound();
  return { as: 'object', code: 200, object: { kind: 'APIGroup', apiVersion: 'v1', ...merged } };
}

async function allGroups(
  { remotes, ranks }: Remotes,
  request: Request,
  next: Next,
): Promise<Response> {
  const local = await next(request);
  if (local.as !== 'object' || local.code !== 200) return local;
  return {
    ...{ as: 'object', code: 200 },
    object: mergedGroupList(local.object as APIGroupList, remotes, ranks),
  };
}

async function allAtOnce(
  { remotes, ranks }: Remotes,
  request: Request,
  next: Next,
): Promise<Response> {
  const { 'if-none-match': known, ...headers } = request.headers;
  const local = await next({ ...request, headers });
  if (local.as !== 'bytes' || local.code !== 200) return local;
  const list = JSON.parse(new TextDecoder().decode(await bytesOf(local.body)));
  const merged = mergedDiscovery(list as APIGroupDiscoveryList, remotes, ranks);
  const body = new TextEncoder().encode(`${JSON.stringify(merged)}\n`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', body));
  const etag = `"${digest.toHex().toUpperCase()}"`;
  const isKnown = known?.includes(etag) === true;
  return {
    as: 'bytes',
    code: isKnown ? 304 : 200,
    headers: { ...local.headers, etag },
    body: isKnown ? new Uint8Array() : body,
  };
}
