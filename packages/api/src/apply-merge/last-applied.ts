import type { KubeObject } from '../resource.ts';
import type { Conflict } from './conflict.ts';
import { goScalar } from './field-set/element.ts';
import { difference, isEmpty } from './field-set/field-set.ts';
import type { FieldSet } from './field-set/field-set.ts';
import type { Json } from './merge-type.ts';
import type { ObjectType } from './object-type.ts';
import { compare } from './typed/compare.ts';
import { toFieldSet } from './typed/to-field-set.ts';
import { TypedError } from './typed/list-items.ts';
import { validateTyped } from './typed/validate.ts';

/** Where `kubectl apply` of the client's side keeps what it applied. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The most that all annotations of an object hold together. */
const annotationBytesMax = 256 * 1024;

/**
 * What the last client-side apply stated and the object still holds: a server-side apply of `kubectl` may take
 * those fields without force. Undefined where there is no usable annotation.
 */
export function lastApplied(
  { type, apiVersion }: { readonly type: ObjectType; readonly apiVersion: string },
  live: Json,
): FieldSet | undefined {
  const text = (live as unknown as KubeObject).metadata.annotations?.[lastAppliedAnnotation];
  if (!text) return undefined;
  try {
    const last = JSON.parse(text) as Json;
    if (last['apiVersion'] !== apiVersion) return undefined;
    validateTyped(type.merge, last);
    const { changed, removed } = compare(type.merge, last, live);
    return difference(difference(toFieldSet(type.merge, last), changed), removed);
  } catch (error) {
    // Upstream then lets the conflicts stand: the annotation is the user's to write.
    if (error instanceof SyntaxError || error instanceof TypedError) return undefined;
    throw error;
  }
}

/** The conflicts that remain when fields of `allowed` may be taken. */
export function isAllowed(
  conflicts: readonly Conflict[],
  allowed: FieldSet | undefined,
): readonly Conflict[] {
  if (allowed === undefined) return conflicts;
  const open = conflicts.map((one) => ({ ...one, set: difference(one.set, allowed) }));
  return open.filter(({ set }) => !isEmpty(set));
}

/** Keeps an annotation that is there in step with what is applied now. */
export function withLastApplied(object: Json | undefined, applied: Json): Json | undefined {
  const metadata = object?.['metadata'] as Json | undefined;
  const annotations = metadata?.['annotations'] as Readonly<Record<string, string>> | undefined;
  if (!annotations?.[lastAppliedAnnotation]) return object;
  const { [lastAppliedAnnotation]: _, ...others } = annotations;
  const next = { ...others, [lastAppliedAnnotation]: lastAppliedText(applied) };
  const bytes = Object.entries(next).reduce(
    (sum, [k, v]) => sum + byteLength(k) + byteLength(v),
    0,
  );
  const kept = bytes > annotationBytesMax ? others : next;
  return { ...object, metadata: { ...metadata, annotations: kept } };
}

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

function lastAppliedText(applied: Json): string {
  const metadata = applied['metadata'] as Json | undefined;
  const annotations = metadata?.['annotations'] as Json | undefined;
  if (annotations?.[lastAppliedAnnotation] === undefined) return `${goJson(applied)}\n`;
  const { [lastAppliedAnnotation]: _, ...others } = annotations;
  const { annotations: __, ...bare } = metadata!;
  const kept = Object.keys(others).length > 0 ? { ...bare, annotations: others } : bare;
  return `${goJson({ ...applied, metadata: kept })}\n`;
}

/** JSON with sorted keys and Go's escapes. */
function goJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return goScalar(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  const names = Object.keys(value).toSorted();
  return `{${names.map((name) => `${goScalar(name)}:${goJson((value as Json)[name])}`).join(',')}}`;
}
