import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseYaml } from '@coxswain/api';
import {
  type AuthenticationConfiguration,
  authenticationConfiguration,
  checkAuthentication,
  defaultIssuer,
  type JwtAuthenticator,
  signingAlgorithms,
} from '@coxswain/apiserver/authn';
import type { StandardSettings } from '@coxswain/apiserver/bootstrap';
import type { World } from '@coxswain/base';
import { Failure } from '../command/verb.ts';
import type { AccessFlag } from './access-flags.ts';
import { followFile } from './follow-file.ts';
import { list } from './own-flag.ts';
import { readPem } from './read-pem.ts';

type Flags = Readonly<
  Partial<Record<AccessFlag | 'anonymous-auth' | 'service-account-issuer', string>>
>;
type Settings = Partial<Pick<StandardSettings, 'anonymous' | 'anonymousPaths' | 'oidc'>>;

const parse = (text: string): AuthenticationConfiguration => {
  if (text === '') throw new Error('empty config data');
  return authenticationConfiguration(parseYaml(text).value);
};

/** Who issues JWTs and who may stay anonymous: by a file, which is followed until `signal`, or by flags. */
export async function authenticationSettings(
  flags: Flags,
  world: World,
  signal: AbortSignal,
): Promise<Settings> {
  const ownIssuers = list(flags['service-account-issuer'] ?? defaultIssuer);
  const check = (configuration: AuthenticationConfiguration): void => {
    try {
      checkAuthentication(configuration, ownIssuers);
    } catch (cause) {
      throw new Failure(`invalid authentication configuration: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const path = flags['authentication-config'];
  const oidcFlags = Object.keys(flags).filter((name) => name.startsWith('oidc-'));
  if (path === undefined) {
    if (oidcFlags.length === 0) return {};
    const configuration = { jwt: [await authenticatorOf(flags)] };
    check(configuration);
    return { oidc: { configuration, algorithms: algorithmsOf(flags['oidc-signing-algs']) } };
  }
  if (oidcFlags.length > 0)
    throw new Failure('authentication-config file and oidc-* flags are mutually exclusive');
  const configuration = await readFile(path, 'utf8')
    .then(parse)
    .catch((cause: Error) => {
      throw new Failure(
        `failed to load authentication configuration from file "${path}": ${cause.message}`,
        { cause },
      );
    });
  const { anonymous } = configuration;
  if (anonymous && flags['anonymous-auth'] !== undefined)
    throw new Failure(
      'anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
    );
  check(configuration);
  return {
    ...(anonymous && {
      anonymous: anonymous.enabled ?? false,
      anonymousPaths: anonymous.conditions?.map(({ path: at = '' }) => at),
    }),
    oidc: {
      configuration,
      follow: (change) => {
        const log = world.log.named('authentication');
        const reload = async (): Promise<void> => {
          const next = parse(await readFile(path, 'utf8'));
          check(next);
          if (!isDeepStrictEqual(next.anonymous, anonymous))
            throw new Error('anonymous: Forbidden: changed from initial configuration file');
          await change(next);
          log.info('authentication configuration is read anew');
        };
        const watcher = followFile(path, world.clock, () => {
          reload().catch((error: unknown) =>
            log.error('authentication configuration cannot be used; the one before stays', error),
          );
        });
        signal.addEventListener('abort', () => watcher[Symbol.dispose](), { once: true });
      },
    },
  };
}

function algorithmsOf(text = 'RS256'): readonly string[] {
  const algorithms = text.split(',');
  const wrong = algorithms.find((each) => !signingAlgorithms[each]);
  if (wrong !== undefined) throw new Failure(`oidc: unsupported signing alg: "${wrong}"`);
  return algorithms;
}

async function authenticatorOf(flags: Flags): Promise<JwtAuthenticator> {
  const { 'oidc-issuer-url': url, 'oidc-client-id': client, 'oidc-ca-file': ca } = flags;
  if (!url || !client)
    throw new Failure(
      'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
    );
  const claim = flags['oidc-username-claim'] ?? 'sub';
  // Upstream's rule of old: only an address needs no issuer to be unique.
  const given = flags['oidc-username-prefix'] ?? (claim === 'email' ? '' : `${url}#`);
  const groups = flags['oidc-groups-claim'];
  const required = flags['oidc-required-claim']?.split(',') ?? [];
  return {
    issuer: {
      url,
      audiences: [client],
      ...(ca && { certificateAuthority: await readPem('oidc-ca-file', ca) }),
    },
    claimMappings: {
      username: { claim, prefix: given === '-' ? '' : given },
      ...(groups && { groups: { claim: groups, prefix: flags['oidc-groups-prefix'] ?? '' } }),
    },
    claimValidationRules: required.map((each) => {
      const [name = '', ...value] = each.split('=');
      return { claim: name, requiredValue: value.join('=') };
    }),
  };
}
