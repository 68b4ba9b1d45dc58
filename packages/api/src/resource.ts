import type { ObjectMeta } from './generated/meta.ts';

/** What every object of the API has. Objects handed out by caches and stores are frozen. */
export interface KubeObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: ObjectMeta;
}

/** Names one served resource; `T` is the type of its objects. */
export interface Resource<out T extends KubeObject = KubeObject> {
  readonly group: string; // '' for the core group
  readonly version: string;
  readonly resource: string; // plural, lower case: 'pods'
  readonly kind: string;
  readonly namespaced: boolean;
  readonly example?: T;
}

/** `v1` or `apps/v1`, as `apiVersion` spells it. */
export function groupVersion({ group, version }: { group: string; version: string }): string {
  return group ? `${group}/${version}` : version;
}
