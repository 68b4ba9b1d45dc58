/** Any JSON object; patches never change the objects they are given. */
export type JsonObject = Readonly<Record<string, unknown>>;
export type JsonList = readonly unknown[];

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is JsonList => Array.isArray(value);

/** The same JSON value. Fields that are undefined count as absent. */
export { sameValue } from '../apply-merge/merge-type.ts';
/** Go's name of a value's type, and the value as Go's `%v` prints it: for error texts. */
export { goText, goType } from '../apply-merge/typed/validate.ts';

/** The field that an object has of itself: not what every JavaScript object inherits. */
export const fieldOf = (object: JsonObject | undefined, name: string): unknown =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;

/** Sets a field whatever its name. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else
    Object.defineProperty(object, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
}
