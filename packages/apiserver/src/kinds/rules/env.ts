import { canonicalQuantity } from '@coxswain/api/quantity';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '@coxswain/api/types/core-v1';
import { allInvalid, invalidValue, notSupported, required, type Rules } from './field.ts';
import { configMapKey, dns1123Label, envName, qualifiedName, subdomainName } from './name.ts';
import { noBacksteps } from './path.ts';

const envFields = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName'],
  ...[
    'spec.serviceAccountName',
    'status.hostIP',
    'status.hostIPs',
    'status.podIP',
    'status.podIPs',
  ],
];
const knownFields = new Set([
  ...[...envFields, 'metadata.annotations', 'metadata.labels', 'spec.host'],
  ...['spec.restartPolicy', 'spec.schedulerName', 'status.phase'],
]);
const resourceFields = [
  ...['limits.cpu', 'limits.ephemeral-storage', 'limits.memory'],
  ...['requests.cpu', 'requests.ephemeral-storage', 'requests.memory'],
];
const units = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function* env(path: string, variables: readonly EnvVar[]): Rules {
  for (const [index, { name, value, valueFrom }] of variables.entries()) {
    const at = `${path}[${index}]`;
    if (name) yield* allInvalid(`${at}.name`, name, envName(name));
    else yield required(`${at}.name`);
    if (valueFrom) yield* envSource(`${at}.valueFrom`, valueFrom, Boolean(value));
  }
}

function* envSource(path: string, source: EnvVarSource, hasValue: boolean): Rules {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) yield* fieldSelector(`${path}.fieldRef`, fieldRef, envFields);
  if (resourceFieldRef)
    yield* resourceSelector(`${path}.resourceFieldRef`, resourceFieldRef, false);
  if (configMapKeyRef) yield* keySelector(`${path}.configMapKeyRef`, configMapKeyRef);
  if (secretKeyRef) yield* keySelector(`${path}.secretKeyRef`, secretKeyRef);
  if (fileKeyRef) yield* fileKey(`${path}.fileKeyRef`, fileKeyRef);
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef];
  const count = sources.filter(Boolean).length;
  if (count === 0)
    yield invalidValue(
      path,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  else if (hasValue) yield invalidValue(path, '', 'may not be specified when `value` is not empty');
  else if (count > 1)
    yield invalidValue(path, '', 'may not have more than one field specified at a time');
}

/** Rules of a downward API field; `allowed` are the paths without subscript. */
export function* fieldSelector(
  path: string,
  { apiVersion, fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
): Rules {
  if (!apiVersion) {
    yield required(`${path}.apiVersion`);
    return;
  }
  if (!fieldPath) {
    yield required(`${path}.fieldPath`);
    return;
  }
  const subscripted = /^(.*)\['(.*)'\]$/.exec(fieldPath);
  const base = subscripted ? subscripted[1]! : fieldPath;
  const why =
    apiVersion === 'v1'
      ? unreadable(fieldPath, subscripted?.[1])
      : `unsupported pod version: ${apiVersion}`;
  if (why) yield invalidValue(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`);
  else if (subscripted) {
    const key = base === 'metadata.annotations' ? subscripted[2]!.toLowerCase() : subscripted[2]!;
    yield* allInvalid(path, key, qualifiedName(key));
  } else {
    const field = base === 'spec.host' ? 'spec.nodeName' : base;
    if (!allowed.includes(field)) yield notSupported(`${path}.fieldPath`, field, allowed);
  }
}

/** Why a path is no field of a pod; empty where it is one. */
function unreadable(fieldPath: string, subscripted: string | undefined): string {
  if (subscripted === undefined)
    return knownFields.has(fieldPath) ? '' : `field label not supported: ${fieldPath}`;
  return /^metadata\.(annotations|labels)$/.test(subscripted)
    ? ''
    : `field label does not support subscript: ${fieldPath}`;
}

/** Rules of a downward API resource; in volumes the container must be named. */
export function* resourceSelector(
  path: string,
  { containerName, resource, divisor }: ResourceFieldSelector,
  inVolume: boolean,
): Rules {
  if (inVolume && !containerName) yield required(`${path}.containerName`);
  else if (!resource) yield required(`${path}.resource`);
  else if (!resourceFields.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    yield notSupported(`${path}.resource`, resource, resourceFields);
  if (divisor === undefined) return;
  const unit = canonicalQuantity(divisor);
  if (unit === '0') return;
  const [, kind = ''] = /^(?:limits|requests)\.(.*)$/.exec(resource) ?? [];
  const [values, of] =
    kind === 'cpu'
      ? ['1m and 1', 'cpu']
      : [
          units.join(', '),
          kind === 'ephemeral-storage'
            ? 'local ephemeral storage'
            : kind.startsWith('hugepages-')
              ? 'hugepages'
              : kind,
        ];
  if (kind && !(kind === 'cpu' ? ['1m', '1'] : units).includes(unit))
    yield invalidValue(
      `${path}.divisor`,
      resource,
      `only divisor's values ${values} are supported with the ${of} resource`,
    );
}

function* keySelector(
  path: string,
  { name = '', key }: { readonly name?: string | undefined; readonly key: string },
): Rules {
  yield* allInvalid(`${path}.name`, name, subdomainName(name));
  if (key) yield* allInvalid(`${path}.key`, key, configMapKey(key));
  else yield required(`${path}.key`);
}

function* fileKey(path: string, { key, volumeName, path: file }: FileKeySelector): Rules {
  if (key) yield* allInvalid(`${path}.key`, key, envName(key));
  else yield required(`${path}.key`);
  if (volumeName) yield* allInvalid(`${path}.volumeName`, volumeName, dns1123Label(volumeName));
  else yield required(`${path}.volumeName`);
  if (file) yield* noBacksteps(`${path}.path`, file);
  else yield required(`${path}.path`);
}

export function* envFrom(path: string, sources: readonly EnvFromSource[]): Rules {
  for (const [index, { prefix, configMapRef, secretRef }] of sources.entries()) {
    const at = `${path}[${index}]`;
    if (prefix) yield* allInvalid(`${at}.prefix`, prefix, envName(prefix));
    if (configMapRef) yield* reference(`${at}.configMapRef`, configMapRef.name);
    if (secretRef) yield* reference(`${at}.secretRef`, secretRef.name);
    if (!configMapRef && !secretRef)
      yield invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (configMapRef && secretRef)
      yield invalidValue(path, '', 'may not have more than one field specified at a time');
  }
}

function* reference(path: string, name: string | undefined): Rules {
  if (name) yield* allInvalid(`${path}.name`, name, subdomainName(name, true));
  else yield required(`${path}.name`);
}
