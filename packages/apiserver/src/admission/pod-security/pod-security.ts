import {
  fieldErrorText,
  forbidden,
  internalError,
  invalid,
  type KubeObject,
  Namespaces,
} from '@coxswain/api';
import type { Container, Namespace, Pod } from '@coxswain/api/types/core-v1';
import type { Objects } from '../../authz/objects.ts';
import { equal } from '../../kinds/rules/equal.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { aggregateText } from '../refuse.ts';
import { detailsText, findingsOf } from './checks.ts';
import type { PodSecurityConfiguration } from './configuration.ts';
import { exemptNamespaceWarning, newPolicyWarnings } from './existing-pods.ts';
import type { Finding, PodLike } from './findings.ts';
import {
  compareLevels,
  isPrivileged,
  type Labelled,
  type LevelVersion,
  policyOf,
  policyText,
  prefix,
  samePolicy,
} from './policy.ts';

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Pod['spec'];
}

/** Where the kinds that make pods keep their template. */
const ofSpec = (object: any): Template | undefined => object.spec?.template;
const templates: Readonly<Record<string, (object: any) => Template | undefined>> = {
  'replicationcontrollers.': ofSpec,
  'podtemplates.': (object) => object.template,
  'replicasets.apps': ofSpec,
  'deployments.apps': ofSpec,
  'statefulsets.apps': ofSpec,
  'daemonsets.apps': ofSpec,
  'jobs.batch': ofSpec,
  'cronjobs.batch': (object) => object.spec?.jobTemplate?.spec?.template,
};

const nameOf = ({ resource }: Admission): string => `${resource.resource}.${resource.group}`;

/** Subresources of pods that cannot change what a pod may do. */
const harmless: ReadonlySet<string> = new Set([
  ...['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'],
]);

/** Keeps pods out of namespaces whose labels do not allow what they ask for. */
export function podSecurity(
  objects: Objects,
  configuration: PodSecurityConfiguration,
): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    handles(admission) {
      if (admission.operation !== 'CREATE' && admission.operation !== 'UPDATE') return false;
      const name = nameOf(admission);
      if (name === 'pods.') return !harmless.has(admission.subresource);
      return (name === 'namespaces.' || name in templates) && admission.subresource === '';
    },
    validate(admission) {
      const name = nameOf(admission);
      if (name === 'namespaces.') validateNamespace(admission, objects, configuration);
      else if (name === 'pods.') validatePod(admission, configuration);
      else validateTemplate(admission, templates[name]!, configuration);
    },
  };
}

function validateNamespace(
  admission: Admission,
  objects: Objects,
  configuration: PodSecurityConfiguration,
): void {
  const namespace = admission.object as Namespace;
  const { name, labels } = namespace.metadata;
  const next = policyOf(labels, configuration.defaults);
  const isExempt = configuration.namespaces.includes(name);
  const warnOfExemption = (): void => {
    const text = exemptNamespaceWarning(namespace, next.policy, configuration.defaults);
    if (text) admission.warn(text);
  };
  const refuseWrong = () => invalid({ ...Namespaces, kind: 'Namespace', name }, next.errors);
  if (admission.operation === 'CREATE') {
    if (next.errors.length > 0) throw refuseWrong();
    if (isExempt) warnOfExemption();
    return;
  }
  const last = policyOf(admission.before?.metadata.labels, configuration.defaults);
  if (next.errors.length > 0 && !equal(next.errors, last.errors)) throw refuseWrong();
  const [now, before] = [next.policy.enforce, last.policy.enforce];
  const isLooser = now.version === before.version && compareLevels(now.level, before.level) <= 0;
  if (samePolicy(now, before) || now.level === 'privileged' || isLooser) return;
  if (isExempt) return warnOfExemption();
  for (const text of newPolicyWarnings(name, now, objects, configuration)) admission.warn(text);
}

/** What the namespace asks for; undefined when the request is exempt, which is noted. */
function policyFor(
  admission: Admission,
  { namespaces, usernames, defaults }: PodSecurityConfiguration,
): Labelled | undefined {
  const { namespace, user, context } = admission;
  const exemption = namespaces.includes(namespace)
    ? 'namespace'
    : usernames.includes(user.name)
      ? 'user'
      : undefined;
  if (exemption) {
    admission.annotate(`${prefix}exempt`, exemption);
    return undefined;
  }
  const found = context.lookup(Namespaces, namespace);
  if (!found) throw internalError(`failed to lookup namespace "${namespace}"`);
  return policyOf(found.metadata.labels, defaults);
}

function validatePod(admission: Admission, configuration: PodSecurityConfiguration): void {
  const labelled = policyFor(admission, configuration);
  if (!labelled) return;
  if (labelled.errors.length === 0 && isPrivileged(labelled.policy)) {
    admission.annotate(`${prefix}enforce-policy`, 'privileged:latest');
    return;
  }
  const pod = admission.object as Pod;
  if (admission.operation === 'UPDATE' && !changesWhatRuns(pod, admission.before as Pod)) return;
  evaluate(admission, pod, labelled, configuration, true);
}

function validateTemplate(
  admission: Admission,
  templateOf: (object: KubeObject) => Template | undefined,
  configuration: PodSecurityConfiguration,
): void {
  const labelled = policyFor(admission, configuration);
  if (!labelled) return;
  const { audit, warn } = labelled.policy;
  if (labelled.errors.length === 0 && audit.level === 'privileged' && warn.level === 'privileged')
    return;
  const template = templateOf(admission.object!);
  if (template) evaluate(admission, template, labelled, configuration, false);
}

function evaluate(
  admission: Admission,
  pod: PodLike,
  { policy, errors }: Labelled,
  { runtimeClasses }: PodSecurityConfiguration,
  enforces: boolean,
): void {
  if (pod.spec.runtimeClassName && runtimeClasses.includes(pod.spec.runtimeClassName)) {
    admission.annotate(`${prefix}exempt`, 'runtimeClass');
    return;
  }
  const { enforce, audit, warn } = policy;
  const texts = new Map<string, string>();
  const textOf = (asked: LevelVersion): string => {
    const name = policyText(asked);
    const known = texts.get(name);
    if (known !== undefined) return known;
    const findings: readonly Finding[] = findingsOf(asked, pod);
    const text = findings.length ? `PodSecurity "${name}": ${detailsText(findings)}` : '';
    texts.set(name, text);
    return text;
  };
  if (errors.length > 0)
    admission.annotate(
      `${prefix}error`,
      `Failed to parse policy: ${aggregateText(errors.map(fieldErrorText))}`,
    );
  if (enforces) admission.annotate(`${prefix}enforce-policy`, policyText(enforce));
  if (textOf(audit))
    admission.annotate(`${prefix}audit-violations`, `would violate ${textOf(audit)}`);
  if (enforces && textOf(enforce)) {
    const { resource, name } = admission;
    throw forbidden({ ...resource, name }, `violates ${textOf(enforce)}`);
  }
  if (textOf(warn)) admission.warn(`would violate ${textOf(warn)}`);
}

/** An update of a pod can bring in new images and new ephemeral containers, and nothing else that counts. */
function changesWhatRuns({ spec }: Pod, { spec: before }: Pod): boolean {
  const image = (next: Container | undefined, last: Container | undefined): boolean =>
    next?.image !== last?.image;
  const differs = (next: readonly Container[] = [], last: readonly Container[] = []): boolean =>
    next.length !== last.length || next.some((each, at) => image(each, last[at]));
  return (
    differs(spec.containers, before.containers) ||
    differs(spec.initContainers, before.initContainers) ||
    (spec.ephemeralContainers ?? []).some((each) => {
      const last = before.ephemeralContainers?.find(({ name }) => name === each.name);
      return !last || last.image !== each.image;
    })
  );
}
