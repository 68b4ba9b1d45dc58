import { type ApiHandler, formatTime, Secrets, ServiceAccounts } from '@coxswain/api';
import type { Secret, ServiceAccount } from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import { serverUser } from '../bootstrap/bootstrap.ts';
import type { Claims } from './jwt.ts';
import { serviceAccountUser } from './service-account-claims.ts';

/** Who issues the tokens that secrets hold. */
export const legacyIssuer = 'kubernetes/serviceaccount';
const part = 'kubernetes.io/serviceaccount';
const invalidSince = 'kubernetes.io/legacy-token-invalid-since';
const lastUsed = 'kubernetes.io/legacy-token-last-used';
const dayMs = 86_400_000;

export interface LegacyAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly secret: Secret;
  /** Set where the token may not be used any more, and its use is noted all the same. */
  readonly invalid?: string;
  /** Whether the account lists the secret, as a controller of old made it. */
  readonly isAutomatic: boolean;
}

/** The account of a token without an end: it is good for as long as its secret holds it. Throws what is wrong with it. */
export function legacyAccount(claims: Claims, token: string, objects: Objects): LegacyAccount {
  const claim = (name: string, what: string): string => {
    const value = (claims as Readonly<Record<string, unknown>>)[`${part}/${name}`];
    if (typeof value !== 'string' || value === '') throw new Error(`${what} claim is missing`);
    return value;
  };
  if (!claims.sub) throw new Error('sub claim is missing');
  const namespace = claim('namespace', 'namespace');
  const secretName = claim('secret.name', 'secretName');
  const name = claim('service-account.name', 'serviceAccountName');
  const uid = claim('service-account.uid', 'serviceAccountUID');
  if (claims.sub !== serviceAccountUser(namespace, name)) throw new Error('sub claim is invalid');
  const secret = objects.get(Secrets, secretName, namespace);
  if (!secret || secret.metadata.deletionTimestamp) throw new Error('Token has been invalidated');
  if (secret.data?.['token'] !== new TextEncoder().encode(token).toBase64())
    throw new Error("Token does not match server's copy");
  const account = objects.get<ServiceAccount>(ServiceAccounts, name, namespace);
  if (!account) throw new Error(`serviceaccounts "${name}" not found`);
  if (account.metadata.deletionTimestamp)
    throw new Error(`ServiceAccount ${namespace}/${name} has been deleted`);
  if (account.metadata.uid !== uid)
    throw new Error(`ServiceAccount UID (${account.metadata.uid}) does not match claim (${uid})`);
  const isAutomatic = account.secrets?.some((each) => each.name === secretName) === true;
  const invalid = secret.metadata.labels?.[invalidSince]
    ? `the token in secret ${namespace}/${secretName} for service account ${namespace}/${name} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${invalidSince}' label from the secret to temporarily allow use of this token`
    : undefined;
  return { namespace, name, uid, secret, isAutomatic, ...(invalid && { invalid }) };
}

/** Notes the day on which a token was used, once a day. */
export async function noteUse(
  { metadata }: Secret,
  nowMs: number,
  call: ApiHandler,
  signal: AbortSignal,
): Promise<void> {
  const day = (ms: number): string => formatTime(ms).slice(0, 10);
  const known = metadata.labels?.[lastUsed];
  if (known === day(nowMs) || known === day(nowMs + dayMs)) return;
  await call({
    method: 'PATCH',
    path: `/api/v1/namespaces/${metadata.namespace}/secrets/${metadata.name}`,
    query: {},
    user: serverUser,
    agent: 'kube-apiserver/legacy-tokens',
    patchType: 'application/merge-patch+json',
    body: { metadata: { uid: metadata.uid, labels: { [lastUsed]: day(nowMs) } } },
    signal,
  });
}
