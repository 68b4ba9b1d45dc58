import {
  badRequest,
  conflict,
  type FieldError,
  invalid,
  type KubeObject,
  Nodes,
  notFound,
  Pods,
  type Resource,
  Secrets,
  ServiceAccounts,
} from '@coxswain/api';
import type {
  BoundObjectReference,
  TokenRequest,
  TokenRequestSpec,
} from '@coxswain/api/types/authentication-v1';
import type { ServiceAccountTokens } from '../authn/index.ts';
import { boundTo, type ServiceAccountClaims } from '../authn/service-account-claims.ts';
import type { Objects } from '../authz/objects.ts';
import type { Answer, ReviewCall } from './review-call.ts';

type Bounds = Omit<
  NonNullable<ServiceAccountClaims['kubernetes.io']>,
  'namespace' | 'serviceaccount'
>;

/** What the ServiceAccount plugin asks for; such tokens live on for a year, for programs that read them only once. */
const warnOnlySeconds = 3607;
const extendedSeconds = 365 * 24 * 60 * 60;
const defaultSeconds = 3600;

/** How long tokens of service accounts live. */
export interface TokenLife {
  /** `--service-account-max-token-expiration`; undefined: as long as was asked for. */
  readonly maxSeconds?: number | undefined;
  /** `--service-account-extend-token-expiration`. */
  readonly isExtended: boolean;
}

/** Issues a token for a service account: `create` of serviceaccounts/token. */
export function tokenRequest(
  tokens: ServiceAccountTokens,
  objects: Objects,
  { maxSeconds = Infinity, isExtended }: TokenLife = { isExtended: true },
): Answer {
  return async (object, call) => {
    const request = object as unknown as TokenRequest;
    const { namespace, name } = call;
    const asked = withDefaults(request.spec ?? {}, tokens);
    const seconds = Math.min(asked.expirationSeconds, maxSeconds);
    const spec = { ...asked, expirationSeconds: seconds };
    const errors = [...wrongSpec(asked), ...wrongName(request, call)];
    if (errors.length)
      throw invalid(
        { group: 'authentication.k8s.io', resource: '', kind: 'TokenRequest', name: '' },
        errors,
      );
    const account = objects.get(ServiceAccounts, name, namespace);
    if (!account) throw notFound({ ...ServiceAccounts, name });
    if (asked.expirationSeconds > seconds)
      call.request.warn(
        `requested expiration of ${asked.expirationSeconds} seconds shortened to ${seconds} seconds`,
      );
    const bounds = spec.boundObjectRef ? boundsOf(spec.boundObjectRef, call, objects) : {};
    const extend =
      isExtended &&
      bounds.pod !== undefined &&
      spec.expirationSeconds === warnOnlySeconds &&
      spec.audiences.every((one) => tokens.audiences.includes(one));
    const nowMs = call.context.nowMs;
    const claims = {
      'kubernetes.io': {
        namespace,
        serviceaccount: boundTo(account),
        ...bounds,
        ...(extend && { warnafter: Math.floor(nowMs / 1000) + spec.expirationSeconds }),
      },
    };
    const token = await tokens.issue(
      claims,
      spec.audiences,
      extend ? extendedSeconds : spec.expirationSeconds,
    );
    const until = new Date(nowMs + spec.expirationSeconds * 1000).toISOString().slice(0, 19);
    const metadata = {
      creationTimestamp: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
      ...request.metadata,
      name,
      namespace,
    };
    return {
      ...request,
      metadata,
      spec,
      status: { token, expirationTimestamp: `${until}Z` },
    } as unknown as KubeObject;
  };
}

type Spec = TokenRequestSpec & {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
};

const withDefaults = (spec: TokenRequestSpec, { audiences }: ServiceAccountTokens): Spec => ({
  ...spec,
  audiences: spec.audiences?.length ? spec.audiences : audiences,
  expirationSeconds: spec.expirationSeconds ?? defaultSeconds,
});

function wrongSpec({ expirationSeconds }: Spec): readonly FieldError[] {
  const wrong = (detail: string): readonly FieldError[] => [
    {
      type: 'FieldValueInvalid',
      field: 'spec.expirationSeconds',
      value: expirationSeconds,
      detail,
    },
  ];
  if (expirationSeconds < 600) return wrong('may not specify a duration less than 10 minutes');
  if (expirationSeconds > 2 ** 32)
    return wrong('may not specify a duration larger than 2^32 seconds');
  return [];
}

function wrongName(
  { metadata }: TokenRequest,
  { name, namespace }: ReviewCall,
): readonly FieldError[] {
  const wrong = (field: string, value: string, detail: string): FieldError => ({
    type: 'FieldValueInvalid',
    field: `metadata.${field}`,
    value,
    detail,
  });
  return [
    ...(metadata?.name && metadata.name !== name
      ? [wrong('name', metadata.name, 'must match the service account name if specified')]
      : []),
    ...(metadata?.namespace && metadata.namespace !== namespace
      ? [
          wrong(
            'namespace',
            metadata.namespace,
            'must match the service account namespace if specified',
          ),
        ]
      : []),
  ];
}

const bindable: Readonly<Record<string, Resource>> = { Pod: Pods, Secret: Secrets, Node: Nodes };

/** What the token dies with. A token of a pod names the pod's node too. */
function boundsOf(
  reference: BoundObjectReference,
  { namespace, name }: ReviewCall,
  objects: Objects,
): Bounds {
  const { kind = '', apiVersion = '', name: boundName = '', uid } = reference;
  const resource = apiVersion === 'v1' || apiVersion === '' ? bindable[kind] : undefined;
  if (!resource)
    throw badRequest(`cannot bind token to object of type ${describe(apiVersion, kind)}`);
  const object = objects.get(resource, boundName, resource.namespaced ? namespace : '');
  if (!object) throw notFound({ ...resource, name: boundName });
  const pod = resource === Pods ? objects.get(Pods, boundName, namespace) : undefined;
  if (pod && pod.spec.serviceAccountName !== name)
    throw badRequest(
      `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`,
    );
  if (uid && uid !== object.metadata.uid)
    throw conflict(
      { group: '', resource: kind, name: boundName },
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  const bound = { [kind.toLowerCase()]: boundTo(object) } as Bounds;
  const node = pod?.spec.nodeName;
  if (!node) return bound;
  const nodeUid = objects.get(Nodes, node)?.metadata.uid;
  return { ...bound, node: { name: node, ...(nodeUid && { uid: nodeUid }) } };
}

/** As Go prints a GroupVersionKind. */
function describe(apiVersion: string, kind: string): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${group}/${version}, Kind=${kind}`;
}
