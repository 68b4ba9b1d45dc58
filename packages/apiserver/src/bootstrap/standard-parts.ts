import type { ApiHandler } from '@coxswain/api';
import type { Carrier, World } from '@coxswain/base';
import { type AdmissionChoice, type AdmissionParts, admissionPlugins } from '../admission/index.ts';
import {
  authentication,
  type AuthenticationConfiguration,
  type Authorities,
  impersonate,
  issuerMetadata,
  noteUse,
  type OidcSettings,
  type ProxyHeaders,
  OidcTokens,
  type ServiceAccountKeys,
  ServiceAccountTokens,
  type TokenWebhook,
  webhookTokens,
} from '../authn/index.ts';
import { claimStatusAuthorization } from '../authz/claim-status.ts';
import { rbacEscalation } from '../authz/escalation.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import {
  type AuthorizationParts,
  authorizersFor,
  ChangingAuthorizers,
  chosenModes,
  type ChosenMode,
} from '../authz/modes.ts';
import type { AuthorizationWebhook } from '../authz/webhook.ts';
import { NodeGraph } from '../authz/node-graph.ts';
import type { Objects } from '../authz/objects.ts';
import { RbacIndex } from '../authz/rbac-index.ts';
import type { Station } from '../chain/station.ts';
import { addressIn } from '../objects.ts';
import { reviews, type TokenLife } from '../reviews/index.ts';
import type { Versions } from '../rest/versions.ts';
import type { ServerParts } from '../server.ts';
import { WebhookClient } from '../webhook-client/index.ts';

/** The note of a token's use is nobody's request: nothing ends it. */
const never = new AbortController().signal;

export interface StandardSettings {
  readonly world: World;
  readonly enabled: (gate: string) => boolean;
  /** PEM of the authorities that sign clients and front proxies; `follow` hands over those of later. */
  readonly clientCa: string;
  readonly frontProxyCa: string;
  readonly followAuthorities?: ((change: (next: Authorities) => void) => void) | undefined;
  /** `--requestheader-*`; upstream's usual ones when absent. */
  readonly proxyHeaders?: ProxyHeaders | undefined;
  readonly serviceAccountKeys: ServiceAccountKeys;
  /** `--service-account-issuer`, the first of which is that of new tokens, and `--api-audiences`; upstream's defaults when absent. */
  readonly issuers?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
  /** `--service-account-jwks-uri`; at this server when absent. */
  readonly jwksUri?: string | undefined;
  /** How long tokens of service accounts live; upstream's rules when absent. */
  readonly tokenLife?: TokenLife | undefined;
  /** `--authorization-mode`. */
  readonly authorizationMode: string;
  readonly admission: AdmissionChoice;
  /** `--default-not-ready-toleration-seconds` and its like; upstream's when absent. */
  readonly tolerationSeconds?: AdmissionParts['tolerationSeconds'];
  /** The text of `--token-auth-file`. */
  readonly tokenFile?: string | undefined;
  readonly anonymous: boolean;
  /** Undefined: nobody outside is asked. */
  readonly tokenWebhook?: TokenWebhook | undefined;
  readonly authorizationWebhook?: AuthorizationWebhook | undefined;
  /** What `--authorization-config` says, instead of mode and webhook; `follow` hands over what it says later. */
  readonly authorization?:
    | {
        readonly chosen: readonly ChosenMode[];
        readonly follow: (change: (chosen: readonly ChosenMode[]) => void) => void;
      }
    | undefined;
  /** Issuers of JWTs outside; `follow` hands over what the configuration says later. */
  readonly oidc?:
    | (OidcSettings & {
        readonly follow?: (
          change: (configuration: AuthenticationConfiguration) => Promise<void>,
        ) => void;
      })
    | undefined;
  /** Where nobody needs to say who they are; none given: everywhere. */
  readonly anonymousPaths?: readonly string[] | undefined;
  /** Carries calls to servers outside. */
  readonly outgoing: Carrier;
}

/** Everything that decides about requests, as kube-apiserver has it. */
export function standardParts(
  settings: StandardSettings,
): (objects: Objects, call: ApiHandler, versions: Versions) => ServerParts {
  return (objects, call, versions) => {
    const { world, enabled } = settings;
    const webhooks = new WebhookClient(world, objects, settings.outgoing);
    const serviceAccounts = new ServiceAccountTokens(
      world,
      objects,
      settings.serviceAccountKeys,
      settings.issuers,
      settings.audiences,
      (secret) =>
        void noteUse(secret, world.clock.now(), call, never).catch((error: unknown) =>
          world.log.error('the use of a token was not noted', error),
        ),
    );
    const { audiences } = serviceAccounts;
    const oidc =
      settings.oidc && new OidcTokens(world, settings.outgoing, settings.oidc, audiences);
    if (oidc) settings.oidc?.follow?.((next) => oidc.update(next, never));
    const { authenticators, tokens } = authentication({
      ...settings,
      objects,
      serviceAccounts,
      oidc,
      webhookTokens:
        settings.tokenWebhook &&
        webhookTokens(settings.tokenWebhook, webhooks, world.clock, audiences),
    });
    const rbac = new RbacIndex(objects);
    const nodes = new NodeGraph(objects);
    const authorizers = authorizersOf(settings, {
      ...{ rbac, nodes, enabled, webhooks, clock: world.clock },
    });
    return {
      authenticators,
      authorizers,
      admission: [
        ...admissionPlugins(
          {
            ...{ objects, clock: world.clock, authorizers, call, versions, webhooks },
            tolerationSeconds: settings.tolerationSeconds,
          },
          settings.admission,
        ),
        claimStatusAuthorization(authorizers),
        rbacEscalation(rbac, authorizers),
      ],
      reviews: reviews({
        objects,
        rbac,
        authorizers,
        tokens,
        serviceAccounts,
        tokenLife: settings.tokenLife,
      }),
      impersonate: impersonate(authorizers, enabled('ConstrainedImpersonation')),
      webhooks,
      proxyHeaders: settings.proxyHeaders,
      pages: [metadataOf(settings, serviceAccounts, objects)],
    };
  };
}

const metadataOf = (
  { jwksUri }: StandardSettings,
  { issuers, keys }: ServiceAccountTokens,
  objects: Objects,
): Station =>
  issuerMetadata({
    issuer: issuers[0]!,
    keys,
    jwksUri() {
      const address = jwksUri === undefined ? addressIn(objects) : undefined;
      return address ? `https://${address}/openid/v1/jwks` : jwksUri;
    },
  });

function authorizersOf(
  { authorization, authorizationMode, authorizationWebhook }: StandardSettings,
  parts: AuthorizationParts,
): readonly Authorizer[] {
  if (!authorization)
    return authorizersFor(chosenModes(authorizationMode, authorizationWebhook), parts);
  const changing = new ChangingAuthorizers(authorizersFor(authorization.chosen, parts));
  authorization.follow((chosen) => changing.change(authorizersFor(chosen, parts)));
  return [changing];
}
