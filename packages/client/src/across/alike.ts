import type { KubeObject } from '@coxswain/api';

/** Owners whose newest object is remembered; the one remembered longest goes first. */
const ownersMax = 2048;

/**
 * Objects of one owner are alike but for their names, and so are an object's revisions. What has just been decoded takes over all parts
 * that equal those of the newest before it with the same owner, so that thousands of pods hold their template once.
 */
export class Alike {
  readonly #newest = new Map<string, KubeObject>();

  /** `object`, with whatever equals what is there already shared. Only for who has made `object` and shown it to nobody. */
  shared<T extends KubeObject>(object: T): T {
    const owner = object.metadata?.ownerReferences?.[0]?.uid ?? '';
    const like = this.#newest.get(owner);
    const made = like ? (share(object, like) as T) : object;
    this.#newest.delete(owner);
    this.#newest.set(owner, made);
    if (this.#newest.size > ownersMax) this.#newest.delete(this.#newest.keys().next().value!);
    return made;
  }
}

/** `like` where `value` equals it; else `value`, whose parts are those of `like` where they are equal. */
function share(value: unknown, like: unknown): unknown {
  if (value === like) return like;
  if (typeof value !== 'object' || typeof like !== 'object' || !value || !like) return value;
  return Array.isArray(value)
    ? sharedItems(value, like)
    : sharedFields(value as never, like as never);
}

function sharedItems(value: unknown[], like: object): unknown {
  if (!Array.isArray(like)) return value;
  let isSame = value.length === like.length;
  for (let at = 0; at < value.length; at++) {
    const item = share(value[at], like[at]);
    value[at] = item;
    isSame &&= item === like[at];
  }
  return isSame ? like : value;
}

function sharedFields(value: Record<string, unknown>, like: Record<string, unknown>): unknown {
  // A key may be `__proto__`, of which what has none of its own gives that of all objects.
  let isSame = !Array.isArray(like) && like !== Object.prototype;
  let count = 0;
  for (const key in value) {
    count++;
    const part = value[key];
    if (typeof part === 'object') value[key] = share(part, like[key]);
    isSame &&= value[key] === like[key];
  }
  if (!isSame) return value;
  for (const _key in like) count--;
  return count === 0 ? like : value;
}
