import { badRequest } from '../status/index.ts';
import { tooLarge, unprocessable } from './errors.ts';
import { fieldOf, goType, isList, isObject, sameValue, setField } from './json.ts';
import type { JsonObject } from './json.ts';

/** The most operations of one JSON patch. */
export const jsonPatchOperationsMax = 10_000;

/**
 * RFC 6902 as upstream reads it: negative indices count from the end, and `replace` of an absent field adds it. A
 * patch that is no list of operations is a 400, one that is too long a 413, one that does not apply a 422.
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): unknown {
  const operations = decodePatch(patch);
  if (operations.length > jsonPatchOperationsMax)
    throw tooLarge(
      `The allowed maximum operations in a JSON patch is ${jsonPatchOperationsMax}, got ${operations.length}`,
    );
  const work: Work = { root: { ...object }, own: new WeakSet() };
  work.own.add(work.root as object);
  for (const operation of operations) perform(work, operation);
  return work.root;
}

type Operation = JsonObject | null;
type Container = Record<string, unknown> | unknown[];

/** The document while it changes; containers in `own` are ours to change. */
interface Work {
  root: unknown;
  readonly own: WeakSet<object>;
}

const goKinds: Readonly<Record<string, string>> = { boolean: 'bool' };

function decodePatch(patch: unknown): readonly Operation[] {
  if (patch === null) return [];
  const cannot = (value: unknown, type: string): Error => {
    const what = isObject(value) ? 'object' : isList(value) ? 'array' : typeof value;
    return badRequest(
      `error decoding patch: json: cannot unmarshal ${goKinds[what] ?? what} into Go value of type ${type}`,
    );
  };
  if (!isList(patch)) throw cannot(patch, '[]handlers.jsonPatchOp');
  for (const item of patch)
    if (item !== null && !isObject(item)) throw cannot(item, 'handlers.jsonPatchOp');
  return patch as readonly Operation[];
}

function perform(work: Work, operation: Operation): void {
  const op = operation?.['op'];
  switch (op) {
    case 'add':
      return add(work, operation!);
    case 'remove':
      return remove(work, operation!);
    case 'replace':
      return replace(work, operation!);
    case 'move':
      return move(work, operation!);
    case 'test':
      return test(work, operation!);
    case 'copy':
      return copy(work, operation!);
    default:
      throw unprocessable(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  }
}

function pathOf(operation: JsonObject, name: 'path' | 'from'): string {
  const path = operation[name];
  if (typeof path === 'string') return path;
  const op = String(operation['op']);
  const missing =
    name === 'path' ? 'operation missing path field' : 'operation, missing from field';
  throw unprocessable(
    path === undefined || path === null
      ? `${op} operation failed to decode ${name}: ${missing}: missing value`
      : `json: cannot unmarshal ${goType(path)} into Go value of type string`,
  );
}

const valueOf = (operation: JsonObject): unknown => operation['value'] ?? null;
const unescape = (step: string): string =>
  step.replaceAll(/~[01]/g, (code) => (code === '~1' ? '/' : '~'));

/** The container that the last step of a path is in, and that step. */
function find(work: Work, path: string, missing: string): readonly [Container, string] {
  const steps = path.split('/').map(unescape);
  let at = own(work, work.root, (copy) => (work.root = copy));
  if (steps.length < 2 || at === undefined) throw unprocessable(missing);
  for (const step of steps.slice(1, -1)) {
    const parent: Container = at;
    const index: number | undefined = isList(parent) ? indexIn(parent, step) : undefined;
    if (isList(parent))
      at =
        index === undefined
          ? undefined
          : own(work, parent[index], (copy) => (parent[index] = copy));
    else at = own(work, fieldOf(parent, step), (copy) => setField(parent, step, copy));
    if (at === undefined) throw unprocessable(missing);
  }
  return [at, steps.at(-1)!];
}

/** A container that may be changed, put in the place of the shared one. */
function own(
  work: Work,
  value: unknown,
  place: (copy: Container) => unknown,
): Container | undefined {
  if (!isList(value) && !isObject(value)) return undefined;
  if (work.own.has(value)) return value as Container;
  const copy: Container = isList(value) ? [...value] : { ...value };
  work.own.add(copy);
  place(copy);
  return copy;
}

const integer = /^[+-]?\d+$/;

/** The place of an item that is there; undefined where there is none. */
function indexIn(list: readonly unknown[], step: string, length = list.length): number | undefined {
  if (!integer.test(step)) return undefined;
  const index = Number(step);
  if (index >= length || index < -length) return undefined;
  return index < 0 ? index + length : index;
}

function indexFor(list: readonly unknown[], step: string, length: number, path: string): number {
  const index = indexIn(list, step, length);
  if (index !== undefined) return index;
  throw unprocessable(
    integer.test(step)
      ? `error for path: '${path}': Unable to access invalid index: ${step}: invalid index referenced`
      : `error for path: '${path}': strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`,
  );
}

function addAt(container: Container, step: string, value: unknown, path: string): void {
  if (!isList(container)) setField(container, step, value);
  else if (step === '-') container.push(value);
  else container.splice(indexFor(container, step, container.length + 1, path), 0, value);
}

function getAt(container: Container, step: string, path: string): unknown {
  return isList(container)
    ? container[indexFor(container, step, container.length, path)]
    : fieldOf(container, step);
}

function removeAt(container: Container, step: string, path: string): void {
  if (isList(container)) {
    container.splice(indexFor(container, step, container.length, path), 1);
    return;
  }
  if (fieldOf(container, step) === undefined)
    throw unprocessable(
      `error in remove for path: '${path}': Unable to remove nonexistent key: ${step}: missing value`,
    );
  delete container[step];
}

function add(work: Work, operation: JsonObject): void {
  const path = pathOf(operation, 'path');
  const missing = `add operation does not apply: doc is missing path: "${path}": missing value`;
  const [container, step] = find(work, path, missing);
  addAt(container, step, valueOf(operation), path);
}

function remove(work: Work, operation: JsonObject): void {
  const path = pathOf(operation, 'path');
  const missing = `remove operation does not apply: doc is missing path: "${path}": missing value`;
  const [container, step] = find(work, path, missing);
  removeAt(container, step, path);
}

function replace(work: Work, operation: JsonObject): void {
  const path = pathOf(operation, 'path');
  const value = valueOf(operation);
  if (path === '') {
    if (!isObject(value) && !isList(value))
      throw unprocessable('replace operation value must be object or array');
    work.root = value;
    return;
  }
  const missing = `replace operation does not apply: doc is missing path: ${path}: missing value`;
  const [container, step] = find(work, path, missing);
  if (isList(container)) container[indexFor(container, step, container.length, path)] = value;
  else setField(container, step, value);
}

function move(work: Work, operation: JsonObject): void {
  const from = pathOf(operation, 'from');
  const missing = `move operation does not apply: doc is missing from path: ${from}: missing value`;
  const [source, step] = find(work, from, missing);
  const value = getAt(source, step, from);
  removeAt(source, step, from);
  put(work, operation, value);
}

function copy(work: Work, operation: JsonObject): void {
  const from = pathOf(operation, 'from');
  const missing = `copy operation does not apply: doc is missing from path: ${from}: missing value`;
  const [source, step] = find(work, from, missing);
  put(work, operation, shared(work, getAt(source, step, from)));
}

function put(work: Work, operation: JsonObject, value: unknown): void {
  const path = pathOf(operation, 'path');
  const missing = `${String(operation['op'])} operation does not apply: doc is missing destination path: ${path}: missing value`;
  const [container, step] = find(work, path, missing);
  addAt(container, step, value ?? null, path);
}

/** From now on in two places, so no longer ours to change, nor is anything in it. */
function shared(work: Work, value: unknown): unknown {
  if (!isObject(value) && !isList(value)) return value;
  work.own.delete(value);
  for (const item of Object.values(value)) shared(work, item);
  return value;
}

function test(work: Work, operation: JsonObject): void {
  const path = pathOf(operation, 'path');
  if (path !== '') {
    const missing = `test operation does not apply: is missing path: ${path}: missing value`;
    const [container, step] = find(work, path, missing);
    if (sameValue(getAt(container, step, path) ?? null, valueOf(operation))) return;
  } else if (sameValue(work.root, valueOf(operation))) return;
  throw unprocessable(`testing value ${path} failed: test failed`);
}
