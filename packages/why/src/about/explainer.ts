import type { KubeObject, Resource } from '@coxswain/api';
import type { Cause } from '../cause.ts';
import type { Look } from '../look.ts';

/** Explains the objects of one kind. Nothing to say: all is well with it. */
export interface Explainer<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  /** Other names that users have for it. */
  readonly aliases: readonly string[];
  readonly explain: (object: T, look: Look) => Promise<readonly Cause[]>;
}

/** Keeps the type of what an explainer explains together while it stands in a list. */
export const explainer = <T extends KubeObject>(of: Explainer<T>): Explainer =>
  of as unknown as Explainer;
