import type { World } from '@coxswain/base';
import type { StandardSettings } from '@coxswain/apiserver/bootstrap';
import { UsageError } from '../command/flags.ts';
import { Failure } from '../command/verb.ts';
import type { AccessFlag } from './access-flags.ts';
import { list } from './own-flag.ts';
import { authenticationSettings } from './authentication-file.ts';
import { authorizationFile } from './authorization-file.ts';
import { kubeconfigTarget } from './kubeconfig-target.ts';
import { durationMs } from './go-duration.ts';

type Flags = Readonly<
  Partial<Record<AccessFlag | 'service-account-issuer' | 'service-account-jwks-uri', string>>
>;
type Access = Pick<
  StandardSettings,
  'audiences' | 'authorization' | 'authorizationWebhook' | 'issuers' | 'jwksUri' | 'tokenWebhook'
> &
  Awaited<ReturnType<typeof authenticationSettings>>;
type Target = NonNullable<Access['tokenWebhook']>['target'];

/** Who may come in, beyond what the server knows by itself; reads the files that the flags name. */
export async function accessSettings(
  flags: Flags,
  world: World,
  signal: AbortSignal,
): Promise<Access> {
  const tokens = await targetOf('authentication-token-webhook-config-file', flags, world);
  const reviews = await targetOf('authorization-webhook-config-file', flags, world);
  const issuer = flags['service-account-issuer'];
  const chain = flags['authorization-config'];
  const legacy = Object.keys(flags).some((name) => /^authorization-(?:mode|webhook-)/.test(name));
  if (chain !== undefined && legacy)
    throw new UsageError(
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined',
    );
  return {
    ...(await authenticationSettings(flags, world, signal)),
    ...(chain !== undefined && { authorization: await authorizationFile(chain, world, signal) }),
    issuers: issuer === undefined ? undefined : list(issuer),
    jwksUri: flags['service-account-jwks-uri'],
    audiences: flags['api-audiences']?.split(','),
    tokenWebhook: tokens && {
      target: tokens,
      version: versionOf(flags['authentication-token-webhook-version']),
      cacheTtlMs: durationMs(flags['authentication-token-webhook-cache-ttl'] ?? '2m'),
    },
    authorizationWebhook: reviews && {
      target: reviews,
      version: versionOf(flags['authorization-webhook-version']),
      authorizedTtlMs: durationMs(flags['authorization-webhook-cache-authorized-ttl'] ?? '5m'),
      unauthorizedTtlMs: durationMs(flags['authorization-webhook-cache-unauthorized-ttl'] ?? '30s'),
    },
  };
}

const versionOf = (text: string | undefined): 'v1' | 'v1beta1' =>
  text === 'v1' ? 'v1' : 'v1beta1';

async function targetOf(flag: AccessFlag, flags: Flags, world: World): Promise<Target | undefined> {
  const path = flags[flag];
  if (path === undefined) return undefined;
  return kubeconfigTarget(path, world).catch((cause: Error) => {
    throw new Failure(`cannot use --${flag} ${path}: ${cause.message}`, { cause });
  });
}
