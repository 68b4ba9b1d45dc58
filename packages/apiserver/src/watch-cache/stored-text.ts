import { encodeJson, type KubeObject, managedText, valueEnd } from '@coxswain/api';

/** The JSON of a part of an object, known from before: half of what is written was written before, in another revision. */
export interface KnownText {
  readonly of: unknown;
  readonly text: string;
  /** All that follows, where nothing but `status` does. */
  readonly behind?: { readonly status: unknown; readonly text: string } | undefined;
  /** All of the object before its managed fields. */
  readonly open?: string | undefined;
}

/** Where parts of an object's JSON stand in it that are asked for again. */
export interface Places {
  /** Behind the brace of its metadata. */
  readonly metadataEnd: number;
  /** Its managed fields, with their name and the comma before it; 0 where it has none. */
  readonly managedFrom: number;
  readonly managedTo: number;
  /** 0 where it has none, or they were not looked for. */
  readonly specFrom: number;
  readonly specTo: number;
}

export interface StoredText {
  readonly text: string;
  readonly places: Places;
}

/** The JSON of `object` as it is stored: kind, apiVersion and metadata first, without resourceVersion. */
export function storedText(object: KubeObject, known: KnownText | undefined): StoredText {
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object;
  const { managedFields } = metadata;
  const open = known?.open ?? openOf(object);
  const comma = open.endsWith('{') ? '' : ',';
  const fields = managedFields && (managedText(managedFields) ?? encodeJson(managedFields));
  const head = fields === undefined ? `${open}}` : `${open}${comma}"managedFields":${fields}}`;
  const isManaged = fields !== undefined && comma !== '';
  const places: Places = {
    metadataEnd: head.length,
    managedFrom: isManaged ? open.length : 0,
    managedTo: isManaged ? head.length - 1 : 0,
    ...{ specFrom: 0, specTo: 0 },
  };
  const { spec, ...others } = rest as typeof rest & { readonly spec?: unknown };
  // Typed objects have it first. Of others the order is that of their keys.
  if (typeof spec !== 'object' || spec === null || Object.keys(rest)[0] !== 'spec')
    return { text: `${head}${behind(rest)}`, places };
  const before = `${head},"spec":`;
  const isKnown = known?.of === spec;
  const text = isKnown ? known.text : encodeJson(spec);
  const [specFrom, specTo] = [before.length, before.length + text.length];
  const after = isKnown && isOnlyStatus(others, known.behind) ? known.behind.text : behind(others);
  return { text: `${before}${text}${after}`, places: { ...places, specFrom, specTo } };
}

function openOf({ kind, apiVersion, metadata }: KubeObject): string {
  const kept = { ...metadata, resourceVersion: undefined, managedFields: undefined };
  return encodeJson({ kind, apiVersion, metadata: kept }).slice(0, -2);
}

const isOnlyStatus = (
  others: { readonly status?: unknown },
  known: KnownText['behind'],
): known is NonNullable<KnownText['behind']> =>
  known !== undefined &&
  others.status === known.status &&
  Object.keys(others).length === (known.status === undefined ? 0 : 1);

/** The members of `fields` behind others, and the end of the object. */
function behind(fields: object): string {
  const text = encodeJson(fields).slice(1);
  return text === '}' ? text : `,${text}`;
}

/** What is new in `now`, where it is `before` and more behind it; undefined where it is not. */
export function addedTo(before: object, now: object): object | undefined {
  const known = Object.keys(before);
  const all = Object.keys(now);
  const isLonger = known.length > 0 && all.length > known.length;
  const isKept = (key: string, at: number): boolean =>
    all[at] === key && Reflect.get(before, key) === Reflect.get(now, key);
  if (!isLonger || !known.every(isKept)) return undefined;
  return Object.fromEntries(all.slice(known.length).map((key) => [key, Reflect.get(now, key)]));
}

const closingBrace = 0x7d;
const encoder = new TextEncoder();
const metadataOpen = encoder.encode('"metadata":{');
const managedName = encoder.encode(',"managedFields":');

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  let same = 0;
  while (same < text.length && bytes[at + same] === text[same]) same++;
  return same === text.length;
}

/** Where the metadata of a stored object begin, behind their brace: kind and apiVersion come before it. */
export function slotOf(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && !isAt(bytes, at, metadataOpen)) at++;
  return at + metadataOpen.length;
}

/** The places of what another process has written; of its spec nothing is asked. */
export function placesIn(bytes: Uint8Array): Places {
  let [at, managedFrom, managedTo] = [slotOf(bytes) - 1, 0, 0];
  while (at < bytes.length && bytes[at] !== closingBrace) {
    const from = at;
    at = valueEnd(bytes, valueEnd(bytes, at + 1) + 1); // behind a comma or the brace: a name, a colon, a value
    if (isAt(bytes, from, managedName)) [managedFrom, managedTo] = [from, at];
  }
  return { metadataEnd: at + 1, managedFrom, managedTo, specFrom: 0, specTo: 0 };
}
