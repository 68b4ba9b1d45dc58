import type { Flag } from '../command/flags.ts';
import { isOneOf, own } from './own-flag.ts';

export type AccessFlag =
  | 'api-audiences'
  | 'authentication-config'
  | 'authorization-config'
  | 'oidc-ca-file'
  | 'oidc-client-id'
  | 'oidc-groups-claim'
  | 'oidc-groups-prefix'
  | 'oidc-issuer-url'
  | 'oidc-required-claim'
  | 'oidc-signing-algs'
  | 'oidc-username-claim'
  | 'oidc-username-prefix'
  | 'authentication-token-webhook-cache-ttl'
  | 'authentication-token-webhook-config-file'
  | 'authentication-token-webhook-version'
  | 'authorization-webhook-cache-authorized-ttl'
  | 'authorization-webhook-cache-unauthorized-ttl'
  | 'authorization-webhook-config-file'
  | 'authorization-webhook-version';

const isVersion = isOneOf('v1', 'v1beta1');

/** kube-apiserver's flags of who may come in. */
export const accessFlags: Readonly<Record<AccessFlag, Flag<string>>> = {
  'api-audiences': own('LIST', 'Audiences that tokens must name', 'the issuer'),
  'authentication-config': own('FILE', 'Issuers of JWTs, and who may stay anonymous', 'none'),
  'authorization-config': own('FILE', 'The chain of those who decide, with webhooks', 'none'),
  'oidc-ca-file': own('FILE', 'Authority that signs the issuer', "the machine's own"),
  'oidc-client-id': own('ID', 'Audience that tokens of the issuer must name', 'none'),
  'oidc-groups-claim': own('CLAIM', 'Claim that names groups', 'none'),
  'oidc-groups-prefix': own('TEXT', 'Put before each group', 'nothing'),
  'oidc-issuer-url': own('URL', 'Issuer of OpenID Connect tokens', 'none'),
  'oidc-required-claim': own('CLAIM=VALUE[,...]', 'Claims that tokens must hold', 'none'),
  'oidc-signing-algs': own('LIST', 'How those tokens may be signed', 'RS256'),
  'oidc-username-claim': own('CLAIM', 'Claim that names the user', 'sub'),
  'oidc-username-prefix': own('TEXT', 'Put before each user; - for nothing', "the issuer and '#'"),
  'authentication-token-webhook-cache-ttl': own(
    'DURATION',
    'How long answers about tokens are kept',
    '2m0s',
  ),
  'authentication-token-webhook-config-file': own(
    'FILE',
    'kubeconfig of who is asked about tokens',
    'none',
  ),
  'authentication-token-webhook-version': own(
    'VERSION',
    'Version of the TokenReviews that are sent',
    'v1beta1',
    isVersion,
  ),
  'authorization-webhook-cache-authorized-ttl': own(
    'DURATION',
    'How long a yes of the webhook is kept',
    '5m0s',
  ),
  'authorization-webhook-cache-unauthorized-ttl': own(
    'DURATION',
    'How long a no of the webhook is kept',
    '30s',
  ),
  'authorization-webhook-config-file': own(
    'FILE',
    'kubeconfig of who decides in the mode Webhook',
    'none',
  ),
  'authorization-webhook-version': own(
    'VERSION',
    'Version of the SubjectAccessReviews that are sent',
    'v1beta1',
    isVersion,
  ),
};

/** Those that name a file. */
export const accessFiles: readonly string[] = Object.keys(accessFlags).filter((name) =>
  /-(?:file|config)$/.test(name),
);
