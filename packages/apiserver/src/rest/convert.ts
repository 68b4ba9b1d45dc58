import { ApiError, badRequest, encodeJson, type KubeObject, type WatchEvent } from '@coxswain/api';
import type { Table } from '@coxswain/api/types/meta';
import type { Response } from '../chain/station.ts';
import { type Cached, glanceAtParts, objectOf } from '../watch-cache/index.ts';
import { convertedResponse, rowText } from './converted-pieces.ts';
import type { Call } from './engine.ts';
import type { Conversion } from './negotiate.ts';
import { plainResponse } from './pieces.ts';
import { partial } from './partial.ts';
import { type IncludeObject, rowOf, tableOf } from './table.ts';

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
  const objectAt = (at: number): KubeObject => served.read(objectOf(cached[at]!));
  // Columns of a custom resource may show whatever its definition names.
  const lookAt = (at: number): KubeObject =>
    served.kind.custom
      ? objectAt(at)
      : served.read(glanceAtParts(cached[at]!, served.kind.readRow));
  const objects = (): KubeObject[] => cached.map((_, at) => objectAt(at));
  const isPieced = cached.length > 0 && version === 'v1';
  if (kind === 'Table') {
    const include = includeOf(call);
    const table = (of: readonly KubeObject[]): Table =>
      tableOf(call, version, of, include, metadata);
    if (!isPieced || include === 'None' || served.kind.sortRows)
      return plainResponse(200, table(objects()));
    return convertedResponse(served, {
      opening: () => encodeJson(table([])).slice(0, -2),
      before: (at) => rowText(rowOf(call, lookAt(at))),
      object: () => table(objects()),
      ...{ part: include, cached },
    });
  }
  if (kind === 'PartialObjectMetadata')
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (*${served.resource.kind}List)`,
    );
  // As Go prints a list that nothing was put into, where nothing is in it.
  const list = (items: readonly KubeObject[] | null): object => ({
    ...{ kind, apiVersion: `meta.k8s.io/${version}`, metadata, items },
  });
  const whole = (): object => list(objects().map((object) => partial(object, version)));
  if (cached.length === 0) return plainResponse(200, list(null));
  if (!isPieced) return plainResponse(200, whole());
  return convertedResponse(served, {
    opening: () => encodeJson(list([])).slice(0, -2),
    ...{ part: 'Metadata', cached, object: whole },
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
