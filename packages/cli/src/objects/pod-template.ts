import type { Info, Unstructured } from './info.ts';

/** What `set` changes of a container. */
export interface Container {
  readonly name: string;
  image?: string;
  env?: readonly EnvVar[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
}

/** One environment variable: a value, or where it comes from. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: EnvSource;
}

/** Where the value of a variable comes from: one of these. */
export interface EnvSource {
  readonly configMapKeyRef?: { readonly name: string; readonly key: string };
  readonly secretKeyRef?: { readonly name: string; readonly key: string };
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: {
    readonly containerName?: string;
    readonly resource: string;
    readonly divisor?: string;
  };
}

/** What `set` changes of a pod. */
export interface PodSpec {
  readonly containers?: Container[];
  readonly initContainers?: Container[];
  serviceAccountName?: string;
}

interface Template {
  readonly template: { readonly spec: PodSpec };
}

/** The pod of an object, or of what it makes pods by. Throws for kinds that have none. */
export function podSpecOf(object: Unstructured, { resource }: Pick<Info, 'resource'>): PodSpec {
  const spec = object['spec'] as PodSpec & Template & { readonly jobTemplate: { spec: Template } };
  switch (resource.kind) {
    case 'Pod':
      return spec;
    case 'ReplicationController':
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'Job':
      return spec.template.spec;
    case 'CronJob':
      return spec.jobTemplate.spec.template.spec;
    default:
      throw new Error(
        `the object is not a pod or does not have a pod template: *${resource.version}.${resource.kind}`,
      );
  }
}

/** Containers, then those that run before them, whose names fit; `*` stands for anything. */
export function selectContainers(spec: PodSpec, pattern: string): readonly Container[] {
  const form = new RegExp(
    `^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`,
  );
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].filter(({ name }) =>
    form.test(name),
  );
}
