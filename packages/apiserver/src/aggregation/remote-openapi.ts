import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { Clock } from '@coxswain/base';
import type { RemoteWays } from './remote.ts';
import { remoteGet } from './remote-get.ts';
import { type Swagger, ofPaths } from './merge-openapi.ts';

/** What another server says of how its APIs look. */
export interface RemoteOpenApi {
  /** Of its own group and version only. */
  readonly v2?: { readonly etag: string; readonly document: Swagger } | undefined;
  /** Where its documents of OpenAPI v3 are. */
  readonly v3?: Readonly<Record<string, { readonly serverRelativeURL: string }>> | undefined;
}

const timeoutMs = 60_000;
/** Who reads them, by upstream's name. */
const reader = { name: 'system:aggregator', groups: [] };

/** Reads both, or finds that they are as `known`; a server that has none, or fails, keeps what was known. */
export async function remoteOpenApi(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  known: RemoteOpenApi,
  signal: AbortSignal,
): Promise<RemoteOpenApi> {
  const get = (target: string, etag?: string) =>
    remoteGet(
      ...([ways, clock, service, reader] as const),
      {
        ...{ target, timeoutMs },
        headers: [
          ['Accept', 'application/json'],
          ...(etag ? [['If-None-Match', etag] as const] : []),
        ],
      },
      signal,
    );
  const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  const v2 = async (): Promise<RemoteOpenApi['v2']> => {
    const { status, header, bytes } = await get('/openapi/v2', known.v2?.etag);
    if (status !== 200) return known.v2;
    const { group = '', version = '' } = service.spec;
    const document = ofPaths(parse(bytes) as Swagger, (path) =>
      path.startsWith(`/apis/${group}/${version}/`),
    );
    return { etag: header('etag'), document };
  };
  const v3 = async (): Promise<RemoteOpenApi['v3']> => {
    const { status, bytes } = await get('/openapi/v3');
    if (status !== 200) return known.v3;
    return (parse(bytes) as { readonly paths?: RemoteOpenApi['v3'] }).paths;
  };
  return {
    v2: await v2().catch(() => known.v2),
    v3: await v3().catch(() => known.v3),
  };
}
