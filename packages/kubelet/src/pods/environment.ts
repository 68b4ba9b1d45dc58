import type { ConfigMap, Container, EnvVar, Pod, Secret } from '@coxswain/api/types/core-v1';
import type { Environment } from '../runtime-config.ts';
import { expand } from './expansion.ts';
import { fieldText, type NodeFacts, resourceText } from './field-ref.ts';
import { namespaceOf } from './spec.ts';

/** The objects that an environment refers to; undefined where the API has none. */
export interface References {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

/** The container cannot be made from what its spec refers to: `CreateContainerConfigError`. */
export class ContainerConfigError extends Error {}

const textOf = (base64: string): string => new TextDecoder().decode(Uint8Array.fromBase64(base64));

/**
 * A container's variables: those of `envFrom`, then of `env`, each seeing the earlier ones and the Services' as `$(NAME)`,
 * then what the Services give beside. Throws ContainerConfigError for a missing object or key that is not optional.
 */
export async function makeEnvironment(
  pod: Pod,
  container: Container,
  services: ReadonlyMap<string, string>,
  references: References,
  facts: NodeFacts,
): Promise<Environment[]> {
  const result = new Map<string, string>();
  for (const [name, value] of await fromObjects(pod, container, references))
    result.set(name, value);
  const known = new Map(result);
  for (const variable of container.env ?? []) {
    const value = await valueOf(
      variable,
      pod,
      container,
      references,
      facts,
      (name) => known.get(name) ?? services.get(name),
    );
    if (value === undefined) continue;
    known.set(variable.name, value);
    result.set(variable.name, value);
  }
  for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
  return [...result].map(([key, value]) => ({ key, value }));
}

async function fromObjects(
  pod: Pod,
  container: Container,
  references: References,
): Promise<[string, string][]> {
  const variables: [string, string][] = [];
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) {
      const name = configMapRef.name ?? '';
      const object = await references.configMap(namespaceOf(pod), name);
      if (!object && !configMapRef.optional) throw missing('configmap', name);
      for (const [key, value] of Object.entries(object?.data ?? {}))
        variables.push([prefix + key, value]);
    }
    if (secretRef) {
      const name = secretRef.name ?? '';
      const object = await references.secret(namespaceOf(pod), name);
      if (!object && !secretRef.optional) throw missing('secret', name);
      for (const [key, value] of Object.entries(object?.data ?? {}))
        variables.push([prefix + key, textOf(value)]);
    }
  }
  return variables;
}

/** Undefined: optional and not there, so the variable is not set. */
async function valueOf(
  { value, valueFrom }: EnvVar,
  pod: Pod,
  container: Container,
  references: References,
  facts: NodeFacts,
  lookup: (name: string) => string | undefined,
): Promise<string | undefined> {
  if (value) return expand(value, lookup);
  if (!valueFrom) return '';
  const namespace = namespaceOf(pod);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldText(fieldRef, pod, facts);
  if (resourceFieldRef) return resourceText(resourceFieldRef, pod, container, facts);
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef;
    const object = await references.configMap(namespace, name);
    const found = object?.data?.[key];
    if (found !== undefined || optional) return found;
    if (!object) throw missing('configmap', name);
    throw new ContainerConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
  }
  if (secretKeyRef) {
    const { name = '', key, optional } = secretKeyRef;
    const object = await references.secret(namespace, name);
    const found = object?.data?.[key];
    if (found !== undefined || optional) return found === undefined ? undefined : textOf(found);
    if (!object) throw missing('secret', name);
    throw new ContainerConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
  }
  throw new ContainerConfigError('fileKeyRef is not supported by this kubelet');
}

const missing = (kind: string, name: string): ContainerConfigError =>
  new ContainerConfigError(`${kind} "${name}" not found`);
