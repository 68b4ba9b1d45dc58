import type { Because } from './controller.ts';

/** An object, as reasons name it. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
}

/** Why a component decided as it did about an object: a value, rendered by whoever asks. */
export interface Reason extends Because {
  readonly about: ObjectRef;
  readonly component: string;
  readonly atMs: number;
}

/** Objects whose reasons a component keeps; the ones decided on longest ago are forgotten first. */
const objectsMax = 10_000;

/** The reasons of this process, by component and object. */
export interface Reasons {
  /** Takes the place of what `component` last said about the object; nothing said forgets it. */
  keep(component: string, about: ObjectRef, atMs: number, why: readonly Because[]): void;
  of(about: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): readonly Reason[];
  all(component: string): readonly Reason[];
}

export function createReasons(): Reasons {
  const components = new Map<string, Map<string, readonly Reason[]>>();
  return {
    keep(component, about, atMs, why) {
      const kept = components.get(component) ?? new Map<string, readonly Reason[]>();
      components.set(component, kept);
      const key = keyOf(about);
      kept.delete(key);
      if (why.length === 0) return;
      kept.set(
        key,
        why.map((because) => ({ ...because, about, component, atMs })),
      );
      if (kept.size > objectsMax) for (const oldest of kept.keys()) return void kept.delete(oldest);
    },
    of: (about) => [...components.values()].flatMap((kept) => kept.get(keyOf(about)) ?? []),
    all: (component) => [...(components.get(component)?.values() ?? [])].flat(),
  };
}

const keyOf = ({ kind, namespace = '', name }: Omit<ObjectRef, 'uid'>): string =>
  `${kind}/${namespace}/${name}`;
