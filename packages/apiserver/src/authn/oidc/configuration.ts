import { type Shape, strictDocument, values } from '../strict-document.ts';

/** One issuer of JWTs and whom its tokens speak for, as `--authentication-config` writes it. */
export interface JwtAuthenticator {
  readonly issuer: Issuer;
  readonly claimValidationRules?: readonly ClaimRule[];
  readonly claimMappings: ClaimMappings;
  readonly userValidationRules?: readonly UserRule[];
}

export interface Issuer {
  readonly url?: string;
  readonly discoveryURL?: string;
  readonly certificateAuthority?: string;
  readonly audiences?: readonly string[];
  readonly audienceMatchPolicy?: string;
  readonly egressSelectorType?: string;
}

export interface ClaimRule {
  readonly claim?: string;
  readonly requiredValue?: string;
  readonly expression?: string;
  readonly message?: string;
}

export interface UserRule {
  readonly expression?: string;
  readonly message?: string;
}

export interface Mapping {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}

export interface ClaimMappings {
  readonly username?: Mapping;
  readonly groups?: Mapping;
  readonly uid?: { readonly claim?: string; readonly expression?: string };
  readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[];
}

export interface AnonymousSettings {
  readonly enabled?: boolean;
  readonly conditions?: readonly { readonly path?: string }[];
}

/** What `--authentication-config` holds, or the `--oidc-*` flags make. */
export interface AuthenticationConfiguration {
  readonly jwt?: readonly JwtAuthenticator[];
  readonly anonymous?: AnonymousSettings;
}

const mapping: Shape = { claim: 'value', prefix: 'value', expression: 'value' };
const shape: Readonly<Record<string, Shape>> = {
  jwt: [
    {
      issuer: {
        ...values('url', 'discoveryURL', 'certificateAuthority'),
        ...values('audiences', 'audienceMatchPolicy', 'egressSelectorType'),
      },
      claimValidationRules: [
        { claim: 'value', requiredValue: 'value', expression: 'value', message: 'value' },
      ],
      claimMappings: {
        username: mapping,
        groups: mapping,
        uid: { claim: 'value', expression: 'value' },
        extra: [{ key: 'value', valueExpression: 'value' }],
      },
      userValidationRules: [{ expression: 'value', message: 'value' }],
    },
  ],
  anonymous: { enabled: 'value', conditions: [{ path: 'value' }] },
};

/** Reads what `--authentication-config` holds. Throws with upstream's words for what is none. */
export const authenticationConfiguration = (document: unknown): AuthenticationConfiguration =>
  strictDocument(
    document,
    'AuthenticationConfiguration',
    ['v1', 'v1beta1', 'v1alpha1'],
    shape,
  ) as AuthenticationConfiguration;
