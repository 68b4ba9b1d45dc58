import type { Flag } from '../command/flags.ts';
import { isOneOf, own } from './own-flag.ts';

export type AccessFlag =
  | 'api-audiences'
  | 'authentication-token-webhook-cache-ttl'
  | 'authentication-token-webhook-config-file'
  | 'authentication-token-webhook-version'
  | 'authorization-webhook-cache-authorized-ttl'
  | 'authorization-webhook-cache-unauthorized-ttl'
  | 'authorization-webhook-config-file'
  | 'authorization-webhook-version'
  | 'proxy-client-cert-file'
  | 'proxy-client-key-file'
  | 'service-account-issuer';

const isVersion = isOneOf('v1', 'v1beta1');

/** kube-apiserver's flags of who may come in, and how the server shows itself to others. */
export const accessFlags: Readonly<Record<AccessFlag, Flag<string>>> = {
  'api-audiences': own('LIST', 'Audiences that tokens must name', 'the issuer'),
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
  'proxy-client-cert-file': own(
    'FILE',
    'Certificate shown to API servers behind this one',
    "the cluster's own",
  ),
  'proxy-client-key-file': own('FILE', 'Its key', "the cluster's own"),
  'service-account-issuer': own(
    'URL',
    'Issuer of tokens of service accounts',
    'https://kubernetes.default.svc.cluster.local',
  ),
};

/** Those that name a file. */
export const accessFiles: readonly string[] = Object.keys(accessFlags).filter((name) =>
  name.endsWith('-file'),
);
