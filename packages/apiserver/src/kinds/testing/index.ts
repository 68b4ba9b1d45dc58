import { fieldErrorText, type KubeObject } from '@coxswain/api';
import type { Draft, Kind, KindContext } from '../kind.ts';

/** The instant at which all tests of kinds happen. */
export const now = '2026-11-21T12:00:00Z';

/** `seconds` before that instant. */
export const earlier = (seconds: number): string =>
  `${new Date(Date.parse(now) - seconds * 1000).toISOString().slice(0, 19)}Z`;

export const context: KindContext = {
  nowMs: Date.parse(now),
  random: () => 0.5,
  user: { name: 'alice', groups: ['system:authenticated'] },
  enabled: () => true,
  lookup: () => undefined,
};

/** The object as it stands after defaults, a copy of what was given. */
export function defaulted<T extends KubeObject>(kind: Kind<T>, object: object): T {
  const draft = structuredClone(object) as Draft<T>;
  kind.defaults?.(draft, context);
  return draft as T;
}

/** The object as a create would store it, rules aside. */
export function created<T extends KubeObject>(kind: Kind<T>, object: object): T {
  const full = defaulted(kind, object);
  return kind.prepareForCreate?.(full, context) ?? full;
}

/** What a create of the object is told. */
export const createErrors = <T extends KubeObject>(
  kind: Kind<T>,
  object: object,
): readonly string[] =>
  [...(kind.validate?.(created(kind, object), context) ?? [])].map(fieldErrorText);

/** What an update from one object to the other is told. */
export function updateErrors<T extends KubeObject>(
  kind: Kind<T>,
  next: object,
  before: object,
): readonly string[] {
  const old = created(kind, before);
  const full = defaulted(kind, next);
  const prepared = kind.prepareForUpdate?.(full, old, context) ?? full;
  const rules = kind.validateUpdate?.(prepared, old, context) ?? kind.validate?.(prepared, context);
  return [...(rules ?? [])].map(fieldErrorText);
}

/** The cells of the object's row: name of the column and what stands in it. */
export const row = <T extends KubeObject>(
  kind: Kind<T>,
  object: T,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    (kind.columns ?? []).map((column) => [column.name, column.value(object, context)]),
  );

/** A pod of one container, five minutes old. */
export const podOf = (spec: object, metadata: object = {}): object => ({
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: earlier(300), ...metadata },
  spec: { containers: [{ name: 'main', image: 'web:1' }], ...spec },
});
