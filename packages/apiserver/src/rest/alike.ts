import { encodeJson, formatTime, type KubeObject } from '@coxswain/api';
import type { Call, Engine } from './engine.ts';
import { withMeta } from './object-meta.ts';

/** Most objects, and most texts of checked ones, that a server remembers; and the longest of their texts. */
const entriesMax = 512;
const textMax = 32 * 1024;

/** What a server remembers of kinds whose objects are made of templates: thousands of them are alike to the letter. */
class Alike {
  readonly #made = new Map<string, KubeObject>();
  readonly #right = new Map<string, true>();

  made(text: string): KubeObject | undefined {
    return this.#made.get(text);
  }

  isRight(text: string): boolean {
    return this.#right.has(text);
  }

  keepMade(text: string, object: KubeObject): void {
    keep(this.#made, text, object);
  }

  keepRight(text: string): void {
    keep(this.#right, text, true);
  }
}

/** The one kept longest goes first. */
function keep<V>(kept: Map<string, V>, text: string, value: V): void {
  if (text.length > textMax) return;
  kept.set(text, value);
  if (kept.size > entriesMax) kept.delete(kept.keys().next().value!);
}

const known = new WeakMap<Engine, Alike>();

function alikeOf(engine: Engine): Alike {
  let alike = known.get(engine);
  if (!alike) known.set(engine, (alike = new Alike()));
  return alike;
}

/**
 * What `make` makes of the body of a create: the object with its defaults and its owned fields. Of a body that another was equal
 * to, the very same parts, and nothing is decoded. Only what has a name to be generated comes by thousands.
 */
export async function madeAlike(
  call: Call,
  manager: string,
  make: () => Promise<KubeObject>,
): Promise<KubeObject> {
  const text = textOf(call, manager);
  if (text === undefined) return make();
  const alike = alikeOf(call.engine);
  const known = alike.made(text);
  const object = known ? retimed(known, call.context.nowMs) : await make();
  if (object !== known && comesByThousands(call.request)) alike.keepMade(text, object);
  return object;
}

/** All that a new object depends on; undefined where something is said on the way, or seen. */
function textOf({ request, served, namespace }: Call, manager: string): string | undefined {
  const { body, audited } = request;
  if (body.from !== 'memory' || !served.kind.likeness || audited) return undefined;
  if (body.text === undefined && !comesByThousands(request)) return undefined;
  return `${manager}\n${namespace}\n${body.text ?? JSON.stringify(body.object)}`;
}

function comesByThousands({ body }: Call['request']): boolean {
  const { metadata } = (body.from === 'memory' ? body.object : {}) as Partial<KubeObject>;
  if (!metadata?.generateName || metadata.name || metadata.managedFields) return false;
  return (metadata.ownerReferences?.length ?? 0) <= 1; // twice the same is warned of
}

/** The object as it is written now. */
function retimed(object: KubeObject, nowMs: number): KubeObject {
  const { managedFields } = object.metadata;
  const time = formatTime(nowMs);
  if (!managedFields || managedFields.every((entry) => entry.time === time)) return object;
  return withMeta(object, { managedFields: managedFields.map((entry) => ({ ...entry, time })) });
}

/** What a new object is like; see `Kind.likeness`. */
export function likenessOf(call: Call, object: KubeObject): string | undefined {
  const { likeness } = call.served.kind;
  const { spec } = object as { readonly spec?: unknown };
  if (!likeness || !spec) return undefined;
  call.specText = { of: spec, text: encodeJson(spec) };
  return likeness(object, call.specText.text);
}

/** Whether an object of that likeness was found right before, and nothing to warn of. */
export const isRight = ({ engine }: Call, likeness: string | undefined): boolean =>
  likeness !== undefined && alikeOf(engine).isRight(likeness);

export function keepRight({ engine }: Call, likeness: string | undefined): void {
  if (likeness !== undefined) alikeOf(engine).keepRight(likeness);
}
