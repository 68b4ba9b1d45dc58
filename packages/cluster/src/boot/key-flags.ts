import type { Flag } from '../command/flags.ts';
import { isDuration } from './go-duration.ts';
import { isBoolean, isOneOf, list, own } from './own-flag.ts';
import { cipherSuites } from './tls-choice.ts';

export type KeyFlag =
  | 'client-ca-file'
  | 'enable-aggregator-routing'
  | 'kubelet-client-certificate'
  | 'kubelet-client-key'
  | 'proxy-client-cert-file'
  | 'proxy-client-key-file'
  | 'requestheader-allowed-names'
  | 'requestheader-client-ca-file'
  | 'requestheader-extra-headers-prefix'
  | 'requestheader-group-headers'
  | 'requestheader-uid-headers'
  | 'requestheader-username-headers'
  | 'service-account-extend-token-expiration'
  | 'service-account-issuer'
  | 'service-account-jwks-uri'
  | 'service-account-key-file'
  | 'service-account-max-token-expiration'
  | 'service-account-signing-key-file'
  | 'tls-cert-file'
  | 'tls-cipher-suites'
  | 'tls-min-version'
  | 'tls-private-key-file'
  | 'tls-sni-cert-key';

const ownFallback = "the cluster's own";

/** Several values of one flag, as it is written or given several times. */
const several = (flag: Flag<string>, join: string): Flag<string> => ({ ...flag, join });

const headers = (help: string, fallback: string, must?: string): Flag<string> =>
  several(
    own('LIST', help, fallback, (given) => {
      const names = list(given);
      if (names.some((name) => !name)) throw new Error('has an empty value');
      if (must && !names.some((name) => name.toLowerCase() === must.toLowerCase()))
        throw new Error(`must name ${must}, or API aggregation does not work`);
    }),
    ',',
  );

/** kube-apiserver's flags of certificates and keys: whom the server believes, and what it shows. */
export const keyFlags: Readonly<Record<KeyFlag, Flag<string>>> = {
  'client-ca-file': own(
    'FILE',
    "Authorities of clients that show certificates, beside the cluster's own",
    `${ownFallback}; of a kubelet, the kubeconfig's`,
  ),
  'enable-aggregator-routing': own(
    'BOOL',
    'Ask endpoints of API servers behind this one, not the addresses of their Services',
    'true',
    isBoolean,
  ),
  'kubelet-client-certificate': own('FILE', 'Certificate shown to kubelets', ownFallback),
  'kubelet-client-key': own('FILE', 'Its key', ownFallback),
  'proxy-client-cert-file': own(
    'FILE',
    'Certificate shown to API servers behind this one',
    ownFallback,
  ),
  'proxy-client-key-file': own('FILE', 'Its key', ownFallback),
  'requestheader-allowed-names': several(
    own(
      'LIST',
      'Common names of front proxies; any when it is ""',
      'front-proxy-client',
      () => {},
      true,
    ),
    ',',
  ),
  'requestheader-client-ca-file': own('FILE', 'Authorities of front proxies', ownFallback),
  'requestheader-extra-headers-prefix': headers(
    'Headers of more about the user',
    'X-Remote-Extra-',
  ),
  'requestheader-group-headers': headers("Headers of the user's groups", 'X-Remote-Group'),
  'requestheader-uid-headers': headers("Headers of the user's UID", 'X-Remote-Uid', 'X-Remote-Uid'),
  'requestheader-username-headers': headers("Headers of the user's name", 'X-Remote-User'),
  'service-account-extend-token-expiration': own(
    'BOOL',
    'Let tokens of pods live on for a year, with a warning',
    'true',
    isBoolean,
  ),
  'service-account-issuer': several(
    own(
      'URL',
      'Issuer of tokens of service accounts; further ones are believed too',
      'https://kubernetes.default.svc.cluster.local',
    ),
    ',',
  ),
  'service-account-jwks-uri': own(
    'URL',
    "Where the issuer's keys are found",
    'at this server',
    (given) => {
      if (!given.startsWith('https://')) throw new Error('requires https scheme');
    },
  ),
  'service-account-key-file': several(
    own('FILE', 'Keys of tokens that are believed, public or private', 'the signing key'),
    ',',
  ),
  'service-account-max-token-expiration': own(
    'DURATION',
    'Longest life of a token that is asked for',
    'none',
    isDuration,
  ),
  'service-account-signing-key-file': own('FILE', 'Key that signs tokens', ownFallback),
  'tls-cert-file': own(
    'FILE',
    'Certificate that the server shows, with its chain',
    `${ownFallback}; of a kubelet, one of its making`,
  ),
  'tls-cipher-suites': several(
    own('LIST', 'Cipher suites of TLS 1.2', "Node's own", (given) => {
      const wrong = list(given).find((name) => !cipherSuites[name]);
      if (wrong !== undefined)
        throw new Error(`Cipher suite ${wrong} not supported or doesn't exist`);
    }),
    ',',
  ),
  'tls-min-version': own(
    'VERSION',
    'Oldest TLS that is spoken',
    'VersionTLS12',
    isOneOf('VersionTLS12', 'VersionTLS13'),
  ),
  'tls-private-key-file': own('FILE', 'Its key', ownFallback),
  'tls-sni-cert-key': several(
    own(
      'CERT,KEY[:NAME,...]',
      'Certificate for clients that ask for other names',
      'none',
      (given) => {
        for (const each of given.split(';'))
          if (!/^[^,:]+,[^,:]+(:.+)?$/.test(each))
            throw new Error('must be such as FILE,FILE or FILE,FILE:*.example.com');
      },
    ),
    ';',
  ),
};

/** Those that name a file, alone or several by commas. */
export const keyFiles: readonly string[] = Object.keys(keyFlags).filter(
  (name) => /-(?:file|certificate|key)$/.test(name) && name !== 'tls-sni-cert-key',
);
