import { join } from 'node:path';
import { parseYaml } from '@coxswain/api';
import { stringify } from 'yaml';
import { repositoryOf } from './repository.ts';
import {
  annotate,
  annotationsOf,
  currentId,
  originAnnotation,
  type Resource,
  transformationsAnnotation,
} from './resource.ts';
import { apiVersionOf } from './ids.ts';

/** Where an object, or what changed it, comes from. */
export interface Origin {
  readonly path?: string;
  readonly repo?: string;
  readonly ref?: string;
  readonly configuredIn?: string;
  readonly configuredBy?: Readonly<Record<string, string>>;
}

/** The origin of what a path names, seen from a kustomization. */
export function originAt(origin: Origin, path: string): Origin {
  const repository = repositoryOf(path);
  if (!repository) return { ...origin, path: join(origin.path ?? '', path) };
  return {
    ...(repository.path && { path: repository.path }),
    repo: repository.cloneSpec,
    ...(repository.ref && { ref: repository.ref }),
  };
}

/** The origin of what a plugin of kustomize's own makes. */
export const builtinOrigin = (origin: Origin, file: string, kind: string): Origin => ({
  ...(origin.repo && { repo: origin.repo }),
  ...(origin.ref && { ref: origin.ref }),
  configuredIn: join(origin.path ?? '', file),
  configuredBy: { apiVersion: 'builtin', kind },
});

/** The origin of what a plugin does that stands in a file. */
export function pluginOrigin(plugin: Resource): Origin | undefined {
  const found = originOf(plugin);
  const { name, namespace, kind, ...gvk } = currentId(plugin);
  return (
    found && {
      ...(found.repo && { repo: found.repo }),
      ...(found.ref && { ref: found.ref }),
      ...(found.path && { configuredIn: found.path }),
      configuredBy: {
        apiVersion: apiVersionOf({ ...gvk, kind }),
        kind,
        ...(name && { name }),
        ...(namespace && { namespace }),
      },
    }
  );
}

const text = (value: unknown): string => stringify(value, { indentSeq: false, lineWidth: 0 });

function originOf(resource: Resource): Origin | undefined {
  const found = annotationsOf(resource)[originAnnotation];
  return found === undefined ? undefined : (parseYaml(found).value as Origin);
}

export const setOrigin = (resource: Resource, origin: Origin): void =>
  annotate(resource, originAnnotation, text(origin));

/** Notes the origin, unless one is known. */
export function keepOrigin(resource: Resource, origin: Origin): void {
  if (!originOf(resource)) setOrigin(resource, origin);
}

/** Notes what changed the object; one without an origin was made by it. */
export function addTransformation(resource: Resource, origin: Origin): void {
  if (!originOf(resource)) return setOrigin(resource, origin);
  const before = annotationsOf(resource)[transformationsAnnotation];
  const all = before === undefined ? [] : (parseYaml(before).value as readonly Origin[]);
  annotate(resource, transformationsAnnotation, text([...all, origin]));
}
