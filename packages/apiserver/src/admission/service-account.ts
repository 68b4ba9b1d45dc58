import { Pods, ServiceAccounts } from '@coxswain/api';
import type {
  Container,
  Pod,
  PodSpec,
  ServiceAccount,
  Volume,
  VolumeMount,
} from '@coxswain/api/types/core-v1';
import { type Clock, randomSuffix } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { secretNames } from '../authz/pod-references.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

const mirror = 'kubernetes.io/config.mirror';
const enforce = 'kubernetes.io/enforce-mountable-secrets';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumeName = 'kube-api-access';
/** An hour and a bit: a token of this life is one that this plugin asked for. */
const expirationSeconds = 3607;

/** How long a pod waits for the `default` account of a namespace that was made just now. */
const accountWaitMs = 1500;

/** Every pod runs as a service account, sees its token, and pulls with its secrets. */
export const serviceAccount = (objects: Objects, clock: Clock): AdmissionPlugin => ({
  name: 'ServiceAccount',
  handles: (admission) =>
    isWrite(admission, Pods, ['CREATE']) ||
    isWrite(admission, Pods, ['UPDATE'], 'ephemeralcontainers'),
  async mutate(admission) {
    const pod = admission.object as Pod;
    if (admission.operation !== 'CREATE') return pod;
    if (isMirror(pod)) {
      validateMirror(admission, pod);
      return pod;
    }
    const name = pod.spec.serviceAccountName || 'default';
    if (name === 'default') await madeSoon(admission.namespace, objects, clock);
    const account = accountOf(admission, name);
    const named = { ...pod.spec, serviceAccountName: name, serviceAccount: name };
    const spec = withPullSecrets(withToken(named, account, admission), account);
    limitSecrets(admission, spec, account);
    return { ...pod, spec };
  },
  validate(admission) {
    const pod = admission.object as Pod;
    if (admission.operation === 'CREATE' && isMirror(pod)) return validateMirror(admission, pod);
    const account = accountOf(admission, pod.spec.serviceAccountName || 'default');
    limitSecrets(admission, pod.spec, account);
  },
});

/** Resolves when the namespace's `default` account is there, or after a while. */
function madeSoon(namespace: string, objects: Objects, clock: Clock): Promise<void> | undefined {
  if (objects.get(ServiceAccounts, 'default', namespace)) return undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  using waiting = new DisposableStack();
  waiting.use(clock.after(accountWaitMs, resolve));
  waiting.use(
    objects.follow(ServiceAccounts, (now) => {
      if (now?.metadata.name === 'default' && now.metadata.namespace === namespace) resolve();
    }),
  );
  const end = waiting.move();
  return promise.finally(() => end.dispose());
}

const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[mirror] !== undefined;
const isTrue = (text: string | undefined): boolean => /^(1|t|T|TRUE|true|True)$/.test(text ?? '');

function validateMirror(admission: Admission, pod: Pod): void {
  if (pod.spec.serviceAccountName)
    throw refuse(admission, 'a mirror pod may not reference service accounts');
  if (!secretNames(pod).next().done)
    throw refuse(admission, 'a mirror pod may not reference secrets');
  const asksToken = pod.spec.volumes?.some(({ projected }) =>
    projected?.sources?.some((source) => source.serviceAccountToken),
  );
  if (asksToken)
    throw refuse(admission, 'a mirror pod may not use ServiceAccountToken volume projections');
}

function accountOf(admission: Admission, name: string): ServiceAccount {
  const { context, namespace } = admission;
  const account = context.lookup(ServiceAccounts, name, namespace);
  if (!account)
    throw refuse(
      admission,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  return account;
}

function withToken(spec: PodSpec, account: ServiceAccount, { context }: Admission): PodSpec {
  const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  const lacking = (container: Container): boolean =>
    !container.volumeMounts?.some((mount) => mount.mountPath === mountPath);
  if (!wanted || ![...(spec.initContainers ?? []), ...spec.containers].some(lacking)) return spec;
  const existing = spec.volumes?.find(({ name }) => name.startsWith(`${volumeName}-`));
  const name = existing?.name ?? [volumeName, randomSuffix(context.random)].join('-'); // in one piece
  const mount: VolumeMount = { name, readOnly: true, mountPath };
  const mounted = (container: Container): Container =>
    lacking(container)
      ? { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
      : container;
  return {
    ...spec,
    ...(spec.initContainers && { initContainers: spec.initContainers.map(mounted) }),
    containers: spec.containers.map(mounted),
    ...(!existing && { volumes: [...(spec.volumes ?? []), tokenVolume(name)] }),
  };
}

/** Token, authority and namespace, as every program in a pod expects them. */
const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [
            { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
          ],
        },
      },
    ],
  },
});

const withPullSecrets = (spec: PodSpec, { imagePullSecrets }: ServiceAccount): PodSpec =>
  !spec.imagePullSecrets?.length && imagePullSecrets?.length ? { ...spec, imagePullSecrets } : spec;

/** For accounts that say so: only secrets that the account lists may be used. */
function limitSecrets(admission: Admission, spec: PodSpec, account: ServiceAccount): void {
  const { name, annotations } = account.metadata;
  if (!isTrue(annotations?.[enforce])) return;
  const listed = new Set(account.secrets?.map((secret) => secret.name));
  const unlisted = `is not allowed because service account ${name} does not reference that secret`;
  for (const { secret } of spec.volumes ?? [])
    if (secret && !listed.has(secret.secretName))
      throw refuse(admission, `volume with secret.secretName="${secret.secretName}" ${unlisted}`);
  const sorts = [
    ['init container', spec.initContainers],
    ['container', spec.containers],
    ['ephemeral container', spec.ephemeralContainers],
  ] as const;
  for (const [sort, containers] of sorts)
    for (const container of containers ?? [])
      for (const [where, secret] of secretsOf(container))
        if (!listed.has(secret))
          throw refuse(
            admission,
            `${sort} ${container.name} with ${where} referencing secret.secretName="${secret}" ${unlisted}`,
          );
  const pulls = new Set(account.imagePullSecrets?.map((secret) => secret.name));
  for (const [index, secret] of (spec.imagePullSecrets ?? []).entries())
    if (!pulls.has(secret.name))
      throw refuse(
        admission,
        `imagePullSecrets[${index}].name="${secret.name}" is not allowed because service account ${name} does not reference that imagePullSecret`,
      );
}

function* secretsOf({
  env,
  envFrom,
}: Container): Generator<readonly [where: string, secret: string]> {
  for (const { name, valueFrom } of env ?? [])
    if (valueFrom?.secretKeyRef) yield [`envVar ${name}`, valueFrom.secretKeyRef.name ?? ''];
  for (const { secretRef } of envFrom ?? []) if (secretRef) yield ['envFrom', secretRef.name ?? ''];
}
