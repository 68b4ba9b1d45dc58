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
/** Reasons about one object beside the newest, where they are noted one by one. */
const notesMax = 15;

/** The reasons of this process, by component and object. */
export interface Reasons {
  /** Takes the place of what `component` last said about the object; nothing said forgets it. */
  keep(component: string, about: ObjectRef, atMs: number, why: readonly Because[]): void;
  /** Adds one reason, in the place of one with the same verdict and the same `by` facts. */
  note(
    component: string,
    about: ObjectRef,
    atMs: number,
    because: Because,
    by: readonly string[],
  ): void;
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
    note(component, about, atMs, because, by) {
      const kept = components.get(component) ?? new Map<string, readonly Reason[]>();
      components.set(component, kept);
      const key = keyOf(about);
      const before = kept.get(key) ?? [];
      const isSame = ({ verdict, facts }: Reason): boolean =>
        verdict === because.verdict && by.every((name) => facts[name] === because.facts[name]);
      const others = before.filter((each) => each.about.uid === about.uid && !isSame(each));
      kept.delete(key);
      kept.set(key, [...others.slice(-notesMax), { ...because, about, component, atMs }]);
      if (kept.size > objectsMax) for (const oldest of kept.keys()) return void kept.delete(oldest);
    },
    of: (about) => [...components.values()].flatMap((kept) => kept.get(keyOf(about)) ?? []),
    all: (component) => [...(components.get(component)?.values() ?? [])].flat(),
  };
}

const keyOf = ({ kind, namespace = '', name }: Omit<ObjectRef, 'uid'>): string =>
  `${kind}/${namespace}/${name}`;
