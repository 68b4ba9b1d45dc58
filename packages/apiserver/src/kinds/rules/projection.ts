import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ProjectedVolumeSource,
  VolumeProjection,
} from '@coxswain/api/types/core-v1';
import { fieldSelector, resourceSelector } from './env.ts';
import { forbiddenField, invalidValue, notSupported, required, type Rules } from './field.ts';
import { labelSelector } from './labels.ts';
import { fileMode, unreservedPath } from './path.ts';

export function* keysToPaths(path: string, items: readonly KeyToPath[] | undefined): Rules {
  for (const [index, item] of (items ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (!item.key) yield required(`${at}.key`);
    if (!item.path) yield required(`${at}.path`);
    yield* unreservedPath(`${at}.path`, item.path ?? '');
    yield* fileMode(`${at}.mode`, item.mode);
  }
}

const downwardFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** Upstream gives every file the path of the whole list. */
export function* downwardFiles(
  path: string,
  items: readonly DownwardAPIVolumeFile[] | undefined,
): Rules {
  for (const { path: file, fieldRef, resourceFieldRef, mode } of items ?? []) {
    if (!file) yield required(`${path}.path`);
    yield* unreservedPath(`${path}.path`, file ?? '');
    if (fieldRef) {
      yield* fieldSelector(`${path}.fieldRef`, fieldRef, downwardFields);
      if (resourceFieldRef)
        yield invalidValue(
          path,
          'resource',
          'fieldRef and resourceFieldRef can not be specified simultaneously',
        );
    } else if (resourceFieldRef)
      yield* resourceSelector(`${path}.resourceFieldRef`, resourceFieldRef, true);
    else yield required(path, 'one of fieldRef and resourceFieldRef is required');
    yield* fileMode(`${path}.mode`, mode);
  }
}

const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

/** Rules of a volume that many sources fill. */
export function* projected({ sources, defaultMode }: ProjectedVolumeSource, path: string): Rules {
  yield* fileMode(`${path}.defaultMode`, defaultMode);
  const taken = new Set<string>();
  for (const [index, source] of (sources ?? []).entries()) {
    const at = `${path}.sources[${index}]`;
    yield* projection(at, path, source);
    yield* distinctPaths(path, source, taken);
    const kinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'] as const;
    const others = ['clusterTrustBundle', 'podCertificate'] as const;
    if ([...kinds, ...others].filter((kind) => source[kind]).length > 1)
      yield forbiddenField(at, 'may not specify more than 1 volume type per source');
  }
}

function* projection(path: string, volume: string, source: VolumeProjection): Rules {
  for (const kind of ['secret', 'configMap'] as const) {
    const given = source[kind];
    if (!given) continue;
    if (!given.name) yield required(`${path}.${kind}.name`);
    yield* keysToPaths(`${path}.${kind}.items`, given.items);
  }
  if (source.downwardAPI) yield* downwardFiles(`${path}.downwardAPI`, source.downwardAPI.items);
  if (source.serviceAccountToken)
    yield* tokenProjection(`${path}.serviceAccountToken`, volume, source.serviceAccountToken);
  if (source.clusterTrustBundle)
    yield* bundleProjection(`${path}.clusterTrustBundle`, source.clusterTrustBundle);
  if (source.podCertificate)
    yield* certificateProjection(`${path}.podCertificate`, source.podCertificate);
}

function* tokenProjection(
  path: string,
  volume: string,
  { expirationSeconds = 0, path: file }: NonNullable<VolumeProjection['serviceAccountToken']>,
): Rules {
  if (expirationSeconds < 600)
    yield invalidValue(
      `${path}.expirationSeconds`,
      expirationSeconds,
      'may not specify a duration less than 10 minutes',
    );
  if (expirationSeconds > 2 ** 32)
    yield invalidValue(
      `${path}.expirationSeconds`,
      expirationSeconds,
      'may not specify a duration larger than 2^32 seconds',
    );
  if (file) yield* unreservedPath(`${volume}.path`, file);
  else yield required(`${volume}.path`);
}

function* bundleProjection(
  path: string,
  bundle: NonNullable<VolumeProjection['clusterTrustBundle']>,
): Rules {
  const { name, signerName, labelSelector: selector } = bundle;
  if (name !== undefined && signerName !== undefined)
    yield invalidValue(path, bundle, 'only one of name and signerName may be used');
  else if (name !== undefined) {
    if (!name) yield required(`${path}.name`, 'must be a valid object name');
    if (selector)
      yield invalidValue(
        `${path}.labelSelector`,
        selector,
        'labelSelector must be unset if name is specified',
      );
  } else if (signerName === undefined)
    yield required(path, 'either name or signerName must be specified');
  else {
    if (!signerName) yield required(`${path}.signerName`, 'must be a valid signer name');
    yield* labelSelector(`${path}.labelSelector`, selector);
  }
  if (!bundle.path) yield required(`${path}.path`);
  yield* unreservedPath(`${path}.path`, bundle.path ?? '');
}

function* certificateProjection(
  path: string,
  given: NonNullable<VolumeProjection['podCertificate']>,
): Rules {
  if (!given.signerName) yield required(`${path}.signerName`);
  if (!keyTypes.includes(given.keyType))
    yield notSupported(`${path}.keyType`, given.keyType, keyTypes);
  if (given.maxExpirationSeconds !== undefined && given.maxExpirationSeconds < 3600)
    yield invalidValue(
      `${path}.maxExpirationSeconds`,
      given.maxExpirationSeconds,
      'if provided, maxExpirationSeconds must be >= 3600',
    );
  const fields = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const;
  for (const field of fields)
    if (given[field]) yield* unreservedPath(`${path}.${field}`, given[field]);
  if (!fields.some((field) => given[field]))
    yield required(
      path,
      'specify at least one of credentialBundlePath, keyPath, and certificateChainPath',
    );
}

/** Each file of a source with the value that upstream names when another source has it already. */
function* filesOf(source: VolumeProjection): Generator<readonly [file: string, value: string]> {
  for (const kind of ['secret', 'configMap'] as const)
    for (const { path } of source[kind]?.items ?? []) yield [path, source[kind]!.name ?? ''];
  for (const { path } of source.downwardAPI?.items ?? []) yield [path, path];
  const single = [
    source.clusterTrustBundle?.path,
    source.podCertificate?.credentialBundlePath,
    source.podCertificate?.keyPath,
    source.podCertificate?.certificateChainPath,
  ];
  for (const path of single) if (path) yield [path, path];
}

function* distinctPaths(path: string, source: VolumeProjection, taken: Set<string>): Rules {
  for (const [file, value] of filesOf(source)) {
    if (!file) continue;
    if (taken.has(file)) yield invalidValue(path, value, 'conflicting duplicate paths');
    taken.add(file);
  }
}
