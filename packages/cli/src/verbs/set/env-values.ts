import {
  compareQuantities,
  ConfigMaps,
  qualifiedNameErrors,
  scaled,
  parseQuantity,
  Secrets,
} from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Unstructured } from '../../objects/info.ts';
import type { Container, EnvSource } from '../../objects/pod-template.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** A source in words: `configmap web, key color`. */
export function sourceText(from: EnvSource): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef) return `field path ${fieldRef.fieldPath}`;
  if (!resourceFieldRef) return 'invalid valueFrom';
  const { containerName, resource } = resourceFieldRef;
  return `resource field ${containerName ? `${containerName}/` : ''}${resource}`;
}

/** Finds what variables stand for; asks for each Secret and ConfigMap once. */
export class EnvValues {
  readonly #session: Session;
  readonly #asked = new Map<string, Promise<Unstructured>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The value that `from` gives within this object and container. Throws when there is none. */
  async valueOf(from: EnvSource, object: Unstructured, container: Container): Promise<string> {
    const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
    if (secretKeyRef) {
      const { name, key } = secretKeyRef;
      const value = (await this.#data(Secrets, name))[key];
      if (value === undefined) throw new Error(`key ${key} not found in secret ${name}`);
      return Buffer.from(value, 'base64').toString('utf8');
    }
    if (configMapKeyRef) {
      const { name, key } = configMapKeyRef;
      const value = (await this.#data(ConfigMaps, name))[key];
      if (value === undefined) throw new Error(`key ${key} not found in config map ${name}`);
      return value;
    }
    if (fieldRef) return fieldValue(object, fieldRef.fieldPath);
    if (resourceFieldRef) return resourceValue(container, resourceFieldRef);
    throw new Error('invalid valueFrom');
  }

  async #data(
    resource: typeof Secrets | typeof ConfigMaps,
    name: string,
  ): Promise<Readonly<Record<string, string>>> {
    const path = pathOf(resource, { namespace: this.#session.namespace().name, name });
    let object = this.#asked.get(path);
    if (!object) {
      object = this.#session.rest().json<Unstructured>({
        ...{ method: 'GET', path, accept: accepts.typed },
      });
      this.#asked.set(path, object);
    }
    return ((await object)['data'] ?? {}) as Readonly<Record<string, string>>;
  }
}

type Values = Readonly<Record<string, string>>;

const mapText = (values: Values = {}): string =>
  Object.entries(values)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

function fieldValue({ metadata }: Unstructured, path: string): string {
  const { name, namespace = '', uid = '', labels, annotations } = metadata;
  const [, field, key] = /^(.+?)\['(.*)'\]$/s.exec(path) ?? [];
  if (field !== undefined) {
    if (field !== 'metadata.annotations' && field !== 'metadata.labels')
      throw new Error(`fieldPath ${JSON.stringify(path)} does not support subscript`);
    const isLabel = field === 'metadata.labels';
    const errors = qualifiedNameErrors(isLabel ? key! : key!.toLowerCase());
    if (errors.length > 0) throw new Error(`invalid key subscript in ${path}: ${errors.join(';')}`);
    return (isLabel ? labels : annotations)?.[key!] ?? '';
  }
  const known: Values = {
    'metadata.annotations': mapText(annotations),
    'metadata.labels': mapText(labels),
    'metadata.name': name ?? '',
    'metadata.namespace': namespace,
    'metadata.uid': uid,
  };
  const value = known[path];
  if (value === undefined) throw new Error(`unsupported fieldPath: ${path}`);
  return value;
}

const countable = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;
const milli = -3;

/** Amounts are told in units of the divisor, rounded up. */
function resourceValue(
  { resources = {} }: Container,
  { resource, divisor = '0' }: NonNullable<EnvSource['resourceFieldRef']>,
): string {
  const [, side, name] = countable.exec(resource) ?? [];
  if (side === undefined) throw new Error(`Unsupported container resource : ${resource}`);
  const amount = resources[side as 'limits' | 'requests']?.[name!] ?? '0';
  const scale = name === 'cpu' ? milli : 0;
  const by = scaled(compareQuantities(divisor, '0') === 0 ? '1' : divisor, scale);
  return String((scaled(parseQuantity(amount), scale) + by - 1n) / by);
}
