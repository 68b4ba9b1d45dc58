import { ApiError, badRequest, type KubeObject, type WatchEvent } from '@coxswain/api';
import type { Response } from '../chain/station.ts';
import { type Cached, objectOf } from '../watch-cache/index.ts';
import type { Call } from './engine.ts';
import type { Conversion } from './negotiate.ts';
import { plainResponse } from './pieces.ts';
import { partial } from './partial.ts';
import { type IncludeObject, tableOf } from './table.ts';

/** One object in the form that was asked for. */
export function convertObject(
  call: Call,
  as: Conversion,
  code: number,
  object: KubeObject,
): Response {
  const { kind, version } = as;
  const { resourceVersion = '' } = object.metadata;
  if (kind === 'Table')
    return plainResponse(
      code,
      tableOf(call, version, [object], includeOf(call), { resourceVersion }),
    );
  if (kind === 'PartialObjectMetadata') return plainResponse(code, partial(object, version));
  throw notAcceptable(
    `you requested PartialObjectMetadataList, but the requested object is not a list (${goTypeOf(object)})`,
  );
}

/** A list in the form that was asked for. */
export function convertList(
  call: Call,
  as: Conversion,
  metadata: object,
  cached: readonly Cached[],
): Response {
  const { kind, version } = as;
  const { served } = call;
  const objects = cached.map((each) => served.read(objectOf(each)));
  if (kind === 'Table')
    return plainResponse(200, tableOf(call, version, objects, includeOf(call), metadata));
  if (kind === 'PartialObjectMetadata')
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (*${served.resource.kind}List)`,
    );
  return plainResponse(200, {
    kind,
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    // As Go prints a list that nothing was put into.
    items: objects.length === 0 ? null : objects.map((object) => partial(object, version)),
  });
}

/** The events of a watch in the form that was asked for; a Table names its columns once. */
export async function* convertEvents(
  call: Call,
  as: Conversion,
  events: AsyncIterable<readonly WatchEvent[]>,
): AsyncGenerator<readonly WatchEvent[], void> {
  const include = includeOf(call);
  let bare = false;
  const convert = ({ type, object }: WatchEvent): WatchEvent => {
    if (type === 'ERROR') return { type, object };
    const seen = type === 'BOOKMARK' ? object : call.served.read(object);
    if (as.kind !== 'Table') return { type, object: partial(seen, as.version) };
    const metadata = { resourceVersion: seen.metadata.resourceVersion };
    const table =
      type === 'BOOKMARK'
        ? bookmarkTable(as.version, seen, metadata)
        : tableOf(call, as.version, [seen], include, metadata, bare);
    bare = true;
    return { type, object: table as unknown as KubeObject };
  };
  for await (const batch of events) yield batch.map(convert);
}

const bookmarkTable = (version: string, object: KubeObject, metadata: object): object => ({
  kind: 'Table',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
  columnDefinitions: null,
  rows: [{ cells: [], object: partial(object, version) }],
});

function includeOf({ request }: Call): IncludeObject {
  const include = request.query.get('includeObject') ?? '';
  if (include === '') return 'Metadata';
  if (include === 'None' || include === 'Metadata' || include === 'Object') return include;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

const notAcceptable = (why: string): ApiError => new ApiError(406, 'NotAcceptable', why);

const goTypeOf = ({ apiVersion, kind }: KubeObject): string =>
  `*${apiVersion?.includes('/') ? apiVersion.split('.', 1)[0]!.split('/', 1)[0] : 'core'}.${kind ?? ''}`;
