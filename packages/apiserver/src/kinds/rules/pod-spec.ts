import type { PodSpec, PodDNSConfig, PodResourceClaim, Volume } from '@coxswain/api/types/core-v1';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { affinity } from './affinity.ts';
import { containers, ephemeralContainers, initContainers } from './container.ts';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  int32Max,
  invalidValue,
  notFoundValue,
  oneOf,
  rangeText,
  required,
  tooLong,
  type Rules,
} from './field.ts';
import { validAddress } from './ip.ts';
import { internalForm } from './internal-form.ts';
import { labels } from './labels.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  dns1123SubdomainWithUnderscore,
  qualifiedName,
  subdomainName,
} from './name.ts';
import { operatingSystem } from './pod-os.ts';
import { podRequestsWithinPod } from './pod-resources.ts';
import { containerResources, podResources } from './resources.ts';
import { schedulingGates, tolerations, topologySpread } from './scheduling.ts';
import { podSecurity } from './security.ts';
import { volumes, type VolumeRules } from './volume.ts';
import { hostProcesses } from './windows.ts';

const noVolumes: ReadonlyMap<string, Volume> = new Map();
const noClaims: ReadonlySet<string> = new Set();

/** All rules of a pod's spec, in a pod or in a template of one. */
export function* podSpec(path: string, spec: PodSpec, rules: VolumeRules): Rules {
  if (spec.terminationGracePeriodSeconds === undefined)
    yield required(`${path}.terminationGracePeriodSeconds`);
  if (spec.volumes) yield* volumes(`${path}.volumes`, spec.volumes, rules);
  const pod = {
    spec,
    volumes: spec.volumes?.length
      ? new Map(spec.volumes.map((volume) => [volume.name, volume]))
      : noVolumes,
    claims: spec.resourceClaims?.length
      ? new Set(spec.resourceClaims.map(({ name }) => name))
      : noClaims,
  };
  if (spec.resourceClaims)
    yield* resourceClaims(`${path}.resourceClaims`, spec.resourceClaims, rules.meta);
  yield* containers(`${path}.containers`, pod);
  if (spec.initContainers) yield* initContainers(`${path}.initContainers`, pod);
  if (spec.ephemeralContainers)
    yield* ephemeralContainers(`${path}.ephemeralContainers`, spec.ephemeralContainers, pod);
  if (spec.resources) {
    yield* podResources(`${path}.resources`, spec.resources);
    yield* podRequestsWithinPod(`${path}.resources`, spec);
  }
  yield* hostNetworkPorts(path, spec, rules.isPod);
  yield* oneOf(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  yield* oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, [
    ...['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
  ]);
  if (spec.nodeSelector) yield* labels(`${path}.nodeSelector`, spec.nodeSelector);
  yield* podSecurity(`${path}.securityContext`, spec.securityContext, spec);
  yield* affinity(`${path}.affinity`, spec.affinity);
  yield* dns(`${path}.dnsConfig`, spec.dnsConfig, spec.dnsPolicy);
  for (const [index, { conditionType }] of (spec.readinessGates ?? []).entries())
    yield* allInvalid(
      `${path}.readinessGates[${index}].conditionType`,
      conditionType,
      qualifiedName(conditionType),
    );
  if (spec.schedulingGates) yield* schedulingGates(`${path}.schedulingGates`, spec.schedulingGates);
  if (spec.topologySpreadConstraints)
    yield* topologySpread(`${path}.topologySpreadConstraints`, spec.topologySpreadConstraints);
  yield* hostProcesses(path, spec);
  yield* hostUsers(path, spec);
  yield* names(path, spec);
  yield* simpleFields(path, spec);
  if (spec.os) yield* operatingSystem(path, spec);
  yield* fileKeyVolumes(path, spec, pod.volumes);
}

function* simpleFields(path: string, spec: PodSpec): Rules {
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > int32Max))
    yield invalidValue(`${path}.activeDeadlineSeconds`, deadline, rangeText(1, int32Max));
  if (spec.tolerations) yield* tolerations(`${path}.tolerations`, spec.tolerations);
  for (const [index, { ip, hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    yield* validAddress(`${path}.hostAliases[${index}].ip`, ip);
    for (const [at, name] of hostnames.entries())
      yield* allInvalid(
        `${path}.hostAliases[${index}].hostnames[${at}]`,
        name,
        dns1123Subdomain(name),
      );
  }
  if (spec.preemptionPolicy !== undefined)
    yield* oneOf(`${path}.preemptionPolicy`, spec.preemptionPolicy, [
      'PreemptLowerPriority',
      'Never',
    ]);
  if (spec.overhead)
    yield* containerResources(`${path}.overhead`, { limits: spec.overhead }, noClaims);
}

const subdomainFields = [
  ...['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'],
] as const;

/** Names of other objects, and the names the pod has for itself. */
function* names(path: string, spec: PodSpec): Rules {
  const fields = spec as Readonly<Record<(typeof subdomainFields)[number], string | undefined>>;
  for (const field of subdomainFields) {
    const name = fields[field];
    if (name) yield* allInvalid(`${path}.${field}`, name, subdomainName(name));
  }
  if (spec.hostname)
    yield* allInvalid(`${path}.hostname`, spec.hostname, dns1123Label(spec.hostname));
  if (spec.subdomain)
    yield* allInvalid(`${path}.subdomain`, spec.subdomain, dns1123Label(spec.subdomain));
  const override = spec.hostnameOverride;
  if (override === undefined) return;
  const at = `${path}.hostnameOverride`;
  if (spec.setHostnameAsFQDN)
    yield forbiddenField(at, 'may not be specified when setHostnameAsFQDN is true');
  if (spec.hostNetwork) yield forbiddenField(at, 'may not be specified when hostNetwork is true');
  if (override.length > 64) yield tooLong(at, 64);
  yield* allInvalid(at, override, dns1123Subdomain(override));
}

function* resourceClaims(
  path: string,
  claims: readonly PodResourceClaim[],
  meta: ObjectMeta | undefined,
): Rules {
  const seen = new Set<string>();
  for (const [index, claim] of claims.entries()) {
    const at = `${path}[${index}]`;
    if (meta?.annotations?.['kubernetes.io/config.mirror'] !== undefined) {
      yield forbiddenField('', 'static pods do not support resource claims');
      continue;
    }
    const { name, resourceClaimName: direct, resourceClaimTemplateName: template } = claim;
    if (!name) yield required(`${at}.name`);
    else if (seen.has(name)) yield duplicate(`${at}.name`, name);
    else yield* allInvalid(`${at}.name`, name, dns1123Label(name));
    seen.add(name);
    if (direct !== undefined && template !== undefined)
      yield invalidValue(
        at,
        internalForm('core.PodResourceClaim', claim),
        'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      );
    if (direct === undefined && template === undefined)
      yield invalidValue(
        at,
        internalForm('core.PodResourceClaim', claim),
        'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
      );
    if (direct !== undefined)
      yield* allInvalid(`${at}.resourceClaimName`, direct, subdomainName(direct));
    if (template !== undefined)
      yield* allInvalid(`${at}.resourceClaimTemplateName`, template, subdomainName(template));
  }
}

function* hostNetworkPorts(path: string, spec: PodSpec, isPod: boolean): Rules {
  if (!spec.hostNetwork) return;
  for (const [index, container] of (spec.containers ?? []).entries())
    for (const [at, { hostPort = 0, containerPort }] of (container.ports ?? []).entries())
      if ((isPod || hostPort !== 0) && hostPort !== containerPort)
        yield invalidValue(
          `${path}.containers[${index}].ports[${at}].hostPort`,
          hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        );
}

function* hostUsers(path: string, spec: PodSpec): Rules {
  if (spec.hostUsers !== false) return;
  const why = 'when `hostUsers` is false';
  if (spec.hostNetwork) yield forbiddenField(`${path}.hostNetwork`, why);
  if (spec.hostPID) yield forbiddenField(`${path}.HostPID`, why);
  if (spec.hostIPC) yield forbiddenField(`${path}.HostIPC`, why);
}

const nameserversMax = 3;
const searchesMax = 32;
const searchBytesMax = 2048;

function* dns(path: string, config: PodDNSConfig | undefined, policy: string | undefined): Rules {
  if (policy === 'None') {
    if (!config) {
      yield required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
      return;
    }
    if (!config.nameservers?.length) {
      yield required(
        `${path}.nameservers`,
        'must provide at least one DNS nameserver when `dnsPolicy` is None',
      );
      return;
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  if (nameservers.length > nameserversMax)
    yield invalidValue(
      `${path}.nameservers`,
      nameservers,
      `must not have more than ${nameserversMax} nameservers`,
    );
  for (const [index, server] of nameservers.entries())
    yield* validAddress(`${path}.nameservers[${index}]`, server);
  if (searches.length > searchesMax)
    yield invalidValue(
      `${path}.searches`,
      searches,
      `must not have more than ${searchesMax} search paths`,
    );
  if (searches.join(' ').length > searchBytesMax)
    yield invalidValue(
      `${path}.searches`,
      searches,
      `must not have more than ${searchBytesMax} characters (including spaces) in the search list`,
    );
  for (const [index, search] of searches.entries()) {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search !== '.')
      yield* allInvalid(`${path}.searches[${index}]`, name, dns1123SubdomainWithUnderscore(name));
  }
  for (const [index, { name }] of options.entries())
    if (!name) yield required(`${path}.options[${index}]`, 'must not be empty');
}

function* fileKeyVolumes(path: string, spec: PodSpec, known: ReadonlyMap<string, Volume>): Rules {
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
  for (const list of lists)
    for (const [index, { env }] of (spec[list] ?? []).entries())
      for (const [at, { valueFrom }] of (env ?? []).entries()) {
        const name = valueFrom?.fileKeyRef?.volumeName;
        if (name === undefined) continue;
        const field = `${path}.${list}[${index}].env[${at}].valueFrom.fileKeyRef.volumeName`;
        if (!known.has(name)) yield notFoundValue(field, name);
        else if (!known.get(name)!.emptyDir)
          yield invalidValue(field, name, 'referenced volume must be of type emptyDir');
      }
}
