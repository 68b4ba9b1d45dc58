import { canonicalQuantity, formatQuantity, quantityOf, scaled } from '@coxswain/api/quantity';
import type {
  Container,
  EphemeralContainer,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
  Volume,
} from '@coxswain/api/types/core-v1';
import type { Draft } from '../kind.ts';
import { claimSpecDefaults } from './claim-defaults.ts';
import { aggregate } from './pod-resources.ts';
import { isHugePages, mayOvercommit } from './resources.ts';

const imageTags = new Map<string, boolean>();
const imageTagsMax = 1024;

/** What can stand before tag and digest: of what cannot, upstream reads no tag. */
const repository = /^([\w.:[\]-]+\/)*[a-z0-9]+([._-]+[a-z0-9]+)*$/;

/** Whether a reference means the newest image of its name: tag `latest`, or neither tag nor digest. */
function isLatest(image: string): boolean {
  const known = imageTags.get(image);
  if (known !== undefined) return known;
  const [name = '', digest] = image.split('@', 2);
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  const isReadable = repository.test(tag === undefined ? name : name.slice(0, -tag.length - 1));
  const latest = isReadable && (tag === 'latest' || (tag === undefined && digest === undefined));
  if (imageTags.size >= imageTagsMax) imageTags.clear();
  imageTags.set(image, latest);
  return latest;
}

const pullPolicyOf = (image: string | undefined): string =>
  isLatest(image ?? '') ? 'Always' : 'IfNotPresent';

/** Upstream keeps nothing finer than a thousandth. */
const finerThanMilli = /[nu]$|\.\d{4}/;

/** Rounds each quantity of a list up to thousandths. */
export function resourceDefaults(list: Record<string, string> | undefined): void {
  for (const name in list)
    if (finerThanMilli.test(list[name]!))
      list[name] = formatQuantity(quantityOf(scaled(list[name]!, -3), 'DecimalSI', -3));
}

function requirementsDefaults(resources: Draft<ResourceRequirements> | undefined): void {
  resourceDefaults(resources?.limits);
  resourceDefaults(resources?.requests);
}

function probeDefaults(probe: Draft<Probe> | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  httpDefaults(probe);
  if (probe.grpc) probe.grpc.service ??= '';
}

function httpDefaults(handler: Pick<Draft<Probe>, 'httpGet'> | undefined): void {
  if (!handler?.httpGet) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ||= 'HTTP';
}

function containerDefaults(container: Draft<Container | EphemeralContainer>): void {
  container.imagePullPolicy ||= pullPolicyOf(container.image);
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  requirementsDefaults(container.resources);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? [])
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    else if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
    else if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  probeDefaults(container.livenessProbe);
  probeDefaults(container.readinessProbe);
  probeDefaults(container.startupProbe);
  httpDefaults(container.lifecycle?.postStart);
  httpDefaults(container.lifecycle?.preStop);
}

const fileMode = 0o644;
const volumeModes = ['secret', 'configMap', 'downwardAPI', 'projected'] as const;

function volumeDefaults(volume: Draft<Volume>): void {
  let sources = 0;
  for (const field in volume)
    if (field !== 'name' && volume[field as 'secret'] !== undefined) sources += 1;
  if (sources === 0) volume.emptyDir = {};
  for (const source of volumeModes) if (volume[source]) volume[source].defaultMode ??= fileMode;
  const { hostPath, downwardAPI, projected, image, ephemeral } = volume;
  if (hostPath) hostPath.type ??= '';
  if (image) image.pullPolicy ||= pullPolicyOf(image.reference);
  if (ephemeral?.volumeClaimTemplate) claimSpecDefaults(ephemeral.volumeClaimTemplate.spec);
  for (const source of projected?.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    downwardDefaults(source.downwardAPI?.items);
  }
  downwardDefaults(downwardAPI?.items);
  legacyVolumeDefaults(volume);
}

function downwardDefaults(
  items: NonNullable<Draft<Volume>['downwardAPI']>['items'] | undefined,
): void {
  for (const { fieldRef, resourceFieldRef } of items ?? [])
    if (fieldRef) fieldRef.apiVersion ||= 'v1';
    else if (resourceFieldRef) resourceFieldRef.divisor ??= '0';
}

/** What sources of old leave open, in a volume of a pod or of the cluster. */
export function legacyVolumeDefaults({
  iscsi,
  rbd,
  azureDisk,
  scaleIO,
}: Pick<Draft<Volume>, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>): void {
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}

/** Fills what a pod spec leaves open, in a pod or a template. */
export function podSpecDefaults(spec: Draft<PodSpec>): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  serviceAccountAlias(spec);
  for (const volume of spec.volumes ?? []) volumeDefaults(volume);
  for (const container of spec.initContainers ?? []) containerDefaults(container);
  for (const container of spec.containers ?? []) containerDefaults(container);
  for (const container of spec.ephemeralContainers ?? []) containerDefaults(container);
  requirementsDefaults(spec.resources);
  resourceDefaults(spec.overhead);
  if (spec.hostNetwork) {
    for (const container of spec.initContainers ?? []) hostPortDefaults(container);
    for (const container of spec.containers ?? []) hostPortDefaults(container);
  }
}

/** `serviceAccount` is the old name of `serviceAccountName`: both always show the same. */
function serviceAccountAlias(spec: Draft<PodSpec>): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function hostPortDefaults(container: Draft<Container>): void {
  for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}

export function podTemplateDefaults(template: Draft<PodTemplateSpec> | undefined): void {
  if (!template) return;
  template.spec ??= { containers: [] };
  podSpecDefaults(template.spec);
}

function requestsFromLimits(resources: Draft<ResourceRequirements> | undefined): void {
  if (!resources?.limits) return;
  resources.requests ??= {};
  for (const name in resources.limits) resources.requests[name] ??= resources.limits[name]!;
}

const isPodLevel = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || isHugePages(name);

/** Pod-level requests, where only limits are given, are what the containers need, else the limits. */
function podLevelDefaults(spec: Draft<PodSpec>): void {
  if (!spec.resources) return;
  const limits = spec.resources.limits;
  const containerLimits = aggregate(spec, 'limits');
  if (limits || spec.resources.requests)
    for (const name in containerLimits)
      if (isHugePages(name))
        (spec.resources.limits ??= {})[name] ??= canonicalQuantity(containerLimits[name]!);
  if (!spec.resources.limits || !Object.keys(spec.resources.limits).length) return;
  const requests = { ...spec.resources.requests };
  const needed = aggregate(spec, 'requests');
  for (const name in needed)
    if (isPodLevel(name) && mayOvercommit(name)) requests[name] ??= needed[name]!;
  for (const name in spec.resources.limits)
    if (isPodLevel(name)) requests[name] ??= spec.resources.limits[name]!;
  if (Object.keys(requests).length) spec.resources.requests = requests;
}

/** What only a pod itself gets, not a template: requests from limits, service links. */
export function podDefaults(spec: Draft<PodSpec>): void {
  podSpecDefaults(spec);
  for (const { resources } of spec.initContainers ?? []) requestsFromLimits(resources);
  for (const { resources } of spec.containers ?? []) requestsFromLimits(resources);
  podLevelDefaults(spec);
  spec.enableServiceLinks ??= true;
}
