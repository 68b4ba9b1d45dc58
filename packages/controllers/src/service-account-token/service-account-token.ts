import { ApiError, Secrets, ServiceAccounts } from '@coxswain/api';
import type { Secret, ServiceAccount } from '@coxswain/api/types/core-v1';
import { keyOf, splitKey } from '@coxswain/client';
import { KeyedQueue, type Loop, type LoopContext, type Outcome } from '@coxswain/control';
import { ended } from '../objects/ended.ts';

const workers = 5;
const type = 'kubernetes.io/service-account-token';
const nameKey = 'kubernetes.io/service-account.name';
const uidKey = 'kubernetes.io/service-account.uid';

/** Signs the claims of a token that lasts as long as its secret. */
export type SignAccountToken = (claims: Readonly<Record<string, string>>) => Promise<string>;

const isToken = (secret: Secret): boolean => secret.type === type;
const accountKey = ({ metadata }: Secret): string =>
  `${metadata.namespace}/${metadata.annotations?.[nameKey] ?? ''}`;
const byAccount = (secret: Secret): readonly string[] =>
  isToken(secret) ? [accountKey(secret)] : [];

/** Fills the secrets that are made for tokens of service accounts, and removes those whose account is gone. */
export const serviceAccountTokenController = (
  sign: SignAccountToken,
  rootCa: string | undefined,
): Loop => ({
  name: 'serviceaccount-token-controller',
  account: 'kube-controller-manager',
  reads: [Secrets, ServiceAccounts],
  rules: [
    { apiGroups: [''], resources: ['secrets'], verbs: ['delete', 'update'] },
    { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'update'] },
  ],
  async run(context) {
    const { informers, signal, world } = context;
    const secrets = informers.of(Secrets);
    const accounts = informers.of(ServiceAccounts);
    secrets.addIndex('account', byAccount);
    await Promise.all([secrets.whenSynced(signal), accounts.whenSynced(signal)]);
    await using queue = new KeyedQueue(world, 'serviceaccount_tokens_service', workers, (key) =>
      world.work.track(attempt(key, context, sign, rootCa)),
    );
    using subscriptions = new DisposableStack();
    subscriptions.use(
      secrets.subscribe((changes) => {
        for (const { now, before } of changes) {
          if (now && isToken(now)) queue.add(`secret ${keyOf(now)}`);
          if (!now && before && isToken(before))
            queue.add(`gone ${accountKey(before)} ${before.metadata.name}`);
        }
      }),
    );
    subscriptions.use(
      accounts.subscribe((changes) => {
        for (const { now, before } of changes)
          for (const secret of secrets.by('account', keyOf((now ?? before)!)))
            queue.add(`secret ${keyOf(secret)}`);
      }),
    );
    await ended(signal);
  },
});

async function attempt(
  key: string,
  context: LoopContext,
  sign: SignAccountToken,
  rootCa: string | undefined,
): Promise<Outcome> {
  const [what, of = '', secretName = ''] = key.split(' ');
  try {
    if (what === 'gone') await dropReference(of, secretName, context);
    else await fill(of, context, sign, rootCa);
    return { step: 'done' };
  } catch (error) {
    if (context.signal.aborted) return { step: 'done' };
    if (!(error instanceof ApiError)) throw error;
    return error.code === 404 ? { step: 'done' } : { step: 'retry' };
  }
}

/** The account of a secret, asked of the server where the cache has none. */
async function accountOf(
  { metadata }: Secret,
  { client, informers, signal }: LoopContext,
): Promise<ServiceAccount | undefined> {
  const name = metadata.annotations?.[nameKey];
  if (!name) return undefined;
  const { namespace } = metadata;
  const cached = informers.of(ServiceAccounts).get(name, namespace);
  const found =
    cached ??
    (await client
      .get(ServiceAccounts, name, { signal, ...(namespace && { namespace }) })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 404) return undefined;
        throw error;
      }));
  const uid = metadata.annotations?.[uidKey];
  return uid && found?.metadata.uid !== uid ? undefined : found;
}

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

async function fill(
  key: string,
  context: LoopContext,
  sign: SignAccountToken,
  rootCa: string | undefined,
): Promise<void> {
  const { client, informers, signal } = context;
  const { name, namespace = '' } = splitKey(key);
  const secret = informers.of(Secrets).get(name, namespace);
  if (!secret || !isToken(secret)) return;
  const account = await accountOf(secret, context);
  if (!account) {
    const { uid } = secret.metadata;
    await client.remove(Secrets, name, { namespace, signal, ...(uid && { uid }) });
    return;
  }
  const { data = {} } = secret;
  const ca = rootCa === undefined ? undefined : base64(rootCa);
  if ((!ca || data['ca.crt'] === ca) && data['namespace'] && data['token']) return;
  const part = 'kubernetes.io/serviceaccount';
  const token =
    data['token'] ||
    base64(
      await sign({
        iss: 'kubernetes/serviceaccount',
        [`${part}/namespace`]: namespace,
        [`${part}/secret.name`]: name,
        [`${part}/service-account.name`]: account.metadata.name,
        [`${part}/service-account.uid`]: account.metadata.uid ?? '',
        sub: `system:serviceaccount:${namespace}:${account.metadata.name}`,
      }),
    );
  const annotations = {
    ...secret.metadata.annotations,
    [nameKey]: account.metadata.name,
    [uidKey]: account.metadata.uid ?? '',
  };
  const filled = {
    ...data,
    ...(ca && { 'ca.crt': ca }),
    namespace: data['namespace'] || base64(namespace),
    token,
  };
  const next = { ...secret, metadata: { ...secret.metadata, annotations }, data: filled };
  await client.update(Secrets, next, { signal });
}

/** An account does not name a secret that is gone. */
async function dropReference(
  key: string,
  secretName: string,
  { client, signal }: LoopContext,
): Promise<void> {
  const { name, namespace = '' } = splitKey(key);
  if (!name) return;
  const account = await client.get(ServiceAccounts, name, { namespace, signal });
  const secrets = account.secrets?.filter((each) => each.name !== secretName);
  if (!secrets || secrets.length === account.secrets?.length) return;
  await client.update(ServiceAccounts, { ...account, secrets }, { signal });
}
