import {
  ApiError,
  applyJsonPatch,
  applyMergePatch,
  applyObject,
  applyStrategicPatch,
  badRequest,
  conflict,
  decode,
  type KubeObject,
  parseYaml,
  typeOf,
} from '@coxswain/api';
import { type Cached } from '../watch-cache/index.ts';
import { aboutOf } from './catalog.ts';
import { createObject, prepareNew, withDefaults } from './create.ts';
import { decodeValue, type Expected, readBody, readUntyped, warningsOf } from './decode.ts';
import type { Call, Verb } from './engine.ts';
import { type Facet, whole } from './facet.ts';
import { objectType, resetFieldsOf } from './managed-fields.ts';
import { checkName, modify } from './modify.ts';
import { unsupportedMediaType } from './negotiate.ts';
import { type WriteOptions, writeOptions } from './options.ts';
import { deeplySorted, mergeOrder, operationsOrder } from './patch-order.ts';
import { unfitPatch } from './patched.ts';
import { checkAccept, respondFacet } from './respond.ts';
import { unreadable } from './unreadable.ts';
import { convertOf } from './sibling-versions.ts';
import { untouched } from './untouched.ts';
import { checkMayCreate } from './update.ts';
import { withScaleFields } from './scale.ts';

const applyType = 'application/apply-patch+yaml';
const strategicType = 'application/strategic-merge-patch+json';
const plainTypes = ['application/json-patch+json', 'application/merge-patch+json'];
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** PATCH of an object, or of the part of it that `facet` is, in any of the four types. */
export const patchOf =
  (facet: Facet): Verb =>
  async (call) => {
    checkAccept(call);
    const type = patchTypeOf(call);
    const options = writeOptions(call.request, 'PatchOptions', {}, type === applyType);
    const document = await readPatch(call, type, options);
    return type === applyType
      ? apply(call, facet, options, document())
      : change(call, facet, options, type, document);
  };

export const patch: Verb = patchOf(whole);

/** The type of the patch. Throws 415 that lists what this kind takes. */
export function patchTypeOf({ request, served }: Call): string {
  const { body, headers } = request;
  const header = body.from === 'memory' ? body.patchType : headers['content-type'];
  const type = (header ?? '').split(';', 1)[0]!;
  const builtIn = typeOf(served.apiVersion, served.resource.kind) !== undefined;
  const taken = [...plainTypes, ...(builtIn ? [strategicType] : []), applyType];
  if (taken.includes(type)) return type;
  // Upstream's router refuses it for kinds of its own, their handler for custom resources.
  if (builtIn) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${taken.join(', ')}`,
  );
}

/** A patch, and what strict reading objects to in its text. */
interface PatchDocument {
  readonly value: unknown;
  readonly strict: readonly string[];
}

/** What the body says, when it is asked for: that there is nothing to patch is said before that the patch is unreadable. */
async function readPatch(
  call: Call,
  type: string,
  { fieldValidation }: WriteOptions,
): Promise<() => PatchDocument> {
  const strict = fieldValidation !== 'Ignore';
  const { request } = call;
  const { body, audited } = request;
  if (body.from === 'memory') {
    audited?.patch(body.object);
    return () => ({ value: body.object, strict: [] });
  }
  const content = text.decode(await readBody(request));
  let parsed: PatchDocument | undefined;
  return () => {
    try {
      parsed ??= type === applyType ? parseYaml(content) : readUntyped(call, content, strict);
      audited?.patch(parsed.value);
      return parsed;
    } catch (error) {
      const why = unreadable(error);
      if (why === undefined) throw error;
      throw badRequest(`error decoding ${type === applyType ? 'YAML' : 'patch'}: ${why}`);
    }
  };
}

const expectedOf = ({ served }: Call, facet: Facet): Expected =>
  facet.kind ?? { apiVersion: served.apiVersion, kind: served.resource.kind };

/** JSON, merge and strategic patches: of the present view, again when it has changed meanwhile. */
async function change(
  call: Call,
  facet: Facet,
  options: WriteOptions,
  type: string,
  read: () => PatchDocument,
): ReturnType<Verb> {
  const expected = expectedOf(call, facet);
  const next = (before: KubeObject): KubeObject => {
    const { value: document, strict } = read();
    const noticed = strict.map((one) => (type === plainTypes[0] ? `json patch ${one}` : one));
    const view = facet.view?.(before, call) ?? before;
    const patched = applyTo(view, expected, type, document);
    const typed = {
      ...patched,
      kind: patched.kind ?? expected.kind,
      apiVersion: patched.apiVersion ?? expected.apiVersion,
    };
    const made = (): unknown => shown(view, expected, type, document);
    const unfit = unfitPatch(made, document, type === strategicType);
    checkSameKind(typed, expected, unfit);
    const kept = facet.kind ? undefined : untouched(call, typed, view);
    const decoded = decodeValue(call, typed, expected, options, unfit, kept, noticed);
    checkName(call, decoded);
    const whole = facet.kind ? decoded : withDefaults(call, decoded);
    return facet.merge?.(whole, before, call) ?? whole;
  };
  return respondFacet(call, facet, await modify(call, options, { facet, next }));
}

/** What the patch makes of the view, in upstream's order: that of its types, but sorted where the patch has been. */
function shown(view: KubeObject, expected: Expected, type: string, document: unknown): unknown {
  const node = typeOf(expected.apiVersion, expected.kind);
  const made = applyTo(node ? (decode(node, view) as KubeObject) : view, expected, type, document);
  if (!node) return deeplySorted(made);
  return type === plainTypes[0] ? operationsOrder(made, document) : mergeOrder(made, document);
}

/** A patch cannot make another kind of what it patches. */
function checkSameKind(made: Expected, expected: Expected, refuse: (why: string) => Error): void {
  const { apiVersion, kind } = made;
  if (apiVersion === expected.apiVersion && kind === expected.kind) return;
  const type = typeOf(apiVersion, kind);
  if (!type)
    throw refuse(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  try {
    decode(type, made); // what it cannot be even so is said first
  } catch (error) {
    const why = unreadable(error);
    throw why === undefined ? error : refuse(why);
  }
  throw refuse(
    `unable to convert ${apiVersion}, Kind=${kind} into ${expected.apiVersion}, Kind=${expected.kind}`,
  );
}

function applyTo(
  view: KubeObject,
  expected: Expected,
  type: string,
  document: unknown,
): KubeObject {
  const object = view as unknown as Readonly<Record<string, unknown>>;
  try {
    if (type === strategicType) {
      const schema = typeOf(expected.apiVersion, expected.kind)!;
      return applyStrategicPatch(schema, object, document) as unknown as KubeObject;
    }
    const apply = type === plainTypes[0] ? applyJsonPatch : applyMergePatch;
    return apply(object, document) as KubeObject;
  } catch (error) {
    const why = unreadable(error);
    throw why === undefined ? error : badRequest(`error decoding patch: ${why}`);
  }
}

/** Server-side apply; creates what is not there. */
async function apply(
  call: Call,
  facet: Facet,
  options: WriteOptions,
  { value, strict }: PatchDocument,
): ReturnType<Verb> {
  const applied = value as KubeObject;
  checkApplied(call, applied);
  const expected = expectedOf(call, facet);
  const merge = (live: KubeObject | undefined): KubeObject =>
    applyObject({
      live,
      applied: applied as unknown as Readonly<Record<string, unknown>>,
      type: objectType(call, expected),
      convert: facet.kind ? undefined : convertOf(call),
      apiVersion: expected.apiVersion,
      kind: expected.kind,
      manager: options.fieldManager,
      force: options.force,
      subresource: facet.subresource,
      resetFields: resetFieldsOf(call, facet.subresource),
      nowMs: call.context.nowMs,
    }).object;
  const complete = (merged: KubeObject, view?: KubeObject): KubeObject => {
    checkTwice(call, strict, options);
    const kept = facet.kind ? undefined : untouched(call, merged, view);
    const decoded = decodeValue(call, merged, expected, options, undefined, kept);
    checkName(call, decoded);
    return facet.kind ? decoded : withDefaults(call, decoded);
  };
  const next = (before: KubeObject): KubeObject => {
    const view = facet.view?.(before, call) ?? before;
    const merged = merge(view);
    if (merged === view) return before;
    const whole = complete(merged, view);
    const parent = facet.merge?.(whole, before, call);
    return parent ? withScaleFields(call, parent, whole) : whole;
  };
  const create = async (): Promise<Cached> => {
    if (applied.metadata.uid) throw goneMeanwhile(call, applied.metadata.uid);
    await checkMayCreate(call);
    const made = prepareNew(call, complete(merge(undefined)));
    return createObject(call, made, options);
  };
  const modification = {
    facet,
    next,
    ownsFields: true,
    create: facet.isWhole ? create : undefined,
  };
  return respondFacet(call, facet, await modify(call, options, modification));
}

/** Keys that the text has twice, as fieldValidation says; nobody is told before the merge has gone well. */
function checkTwice(
  { request }: Call,
  found: readonly string[],
  { fieldValidation }: WriteOptions,
): void {
  for (const text of fieldValidation === 'Ignore' ? [] : found) {
    if (fieldValidation === 'Strict')
      throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${text}`);
    for (const line of warningsOf(text)) request.warn(line);
  }
}

function checkApplied({ namespace }: Call, applied: KubeObject): void {
  const { metadata } = applied;
  if (!metadata || typeof metadata !== 'object') throw badRequest('metadata.name is required');
  if (namespace && metadata.namespace && metadata.namespace !== namespace)
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
}

const goneMeanwhile = ({ served, name }: Call, uid: string): Error =>
  conflict(
    aboutOf(served, name),
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
