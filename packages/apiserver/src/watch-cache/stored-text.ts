import { encodeJson, type KubeObject, managedText } from '@coxswain/api';

/** The JSON of a part of an object, known from before: half of what is written was written before, in another revision. */
export interface KnownText {
  readonly of: unknown;
  readonly text: string;
  /** All that follows, where nothing but `status` does. */
  readonly behind?: { readonly status: unknown; readonly text: string } | undefined;
}

/** Where a part of an object's JSON stands in it. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** The JSON of an object, and where parts of it stand that are asked for again. */
export interface StoredText {
  readonly text: string;
  readonly spec: Place | undefined;
  /** Its managed fields, with their name and the comma before it. */
  readonly managed: Place | undefined;
}

/** The JSON of `object` as it is stored: kind, apiVersion and metadata first, without resourceVersion. */
export function storedText(object: KubeObject, known: KnownText | undefined): StoredText {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, managedFields, ...kept } = metadata;
  const open = encodeJson({ kind, apiVersion, metadata: kept }).slice(0, -2);
  const comma = open.endsWith('{') ? '' : ',';
  const fields = managedFields && (managedText(managedFields) ?? encodeJson(managedFields));
  const head = fields === undefined ? `${open}}` : `${open}${comma}"managedFields":${fields}}`;
  const managed =
    fields === undefined || comma === '' ? undefined : { from: open.length, to: head.length - 1 };
  const { spec, ...others } = rest as typeof rest & { readonly spec?: unknown };
  // Typed objects have it first. Of others the order is that of their keys.
  if (typeof spec !== 'object' || spec === null || Object.keys(rest)[0] !== 'spec')
    return { text: `${head}${behind(rest)}`, spec: undefined, managed };
  const before = `${head},"spec":`;
  const isKnown = known?.of === spec;
  const text = isKnown ? known.text : encodeJson(spec);
  const place = { from: before.length, to: before.length + text.length };
  const after = isKnown && isOnlyStatus(others, known.behind) ? known.behind.text : behind(others);
  return { text: `${before}${text}${after}`, spec: place, managed };
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
