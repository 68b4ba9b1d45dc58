import { type FieldError, invalid, type UserInfo } from '@coxswain/api';
import type { AllocatedDeviceStatus, ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Admission, AdmissionPlugin } from '../admission/plugin.ts';
import { isWrite } from '../admission/refuse.ts';
import { decide, refusal } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Authorizer } from './authorizer.ts';

const gate = 'DRAResourceClaimGranularStatusAuthorization';
const nodeKey = 'authentication.kubernetes.io/node-name';

/** Who writes the status of a claim must be allowed what it changes there: devices for pods, or what drivers say of devices. */
export const claimStatusAuthorization = (authorizers: readonly Authorizer[]): AdmissionPlugin => ({
  name: 'ResourceClaimStatusAuthorization',
  handles: (admission) =>
    admission.context.enabled(gate) &&
    isWrite(
      admission,
      { group: 'resource.k8s.io', resource: 'resourceclaims' },
      ['UPDATE'],
      'status',
    ),
  async validate(admission, signal) {
    const { user, namespace, name, verb = 'update' } = admission;
    const [next, before] = [admission.object, admission.before] as [ResourceClaim, ResourceClaim];
    const refused = async (of: Partial<RequestInfo>): Promise<string | undefined> => {
      const info = asks(admission, of);
      const { decision, reason } = await decide(authorizers, user, info, signal);
      return decision === 'allow' ? undefined : refusal(user, info, reason).message;
    };
    const errors: FieldError[] = [];
    const forbid = (field: string, detail: string): void =>
      void errors.push({ type: 'FieldValueForbidden', field, detail });
    if (!sameBinding(next, before)) {
      const why = await refused({ verb, subresource: 'binding' });
      if (why !== undefined)
        forbid(
          'status.allocation',
          `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${verb}" permission: ${why}`,
        );
    }
    const verbs = isAssociated(user, next)
      ? [`associated-node:${verb}`, `arbitrary-node:${verb}`]
      : [`arbitrary-node:${verb}`];
    const drivers = next.status?.allocation ? changedDrivers(next, before) : [];
    for (const driver of drivers) {
      const of = { subresource: 'driver', namespace, name: driver };
      let first: string | undefined;
      for (const each of verbs) {
        const why = await refused({ ...of, verb: each });
        if (why === undefined) first = undefined;
        if (why === undefined) break;
        first ??= why;
      }
      if (first !== undefined)
        forbid(
          'status.devices',
          `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission: ${first}`,
        );
    }
    if (errors.length > 0) throw invalid({ ...admission.resource, name }, errors);
  },
});

const asks = ({ resource }: Admission, of: Partial<RequestInfo>): RequestInfo => ({
  ...{ isResource: true, verb: '', namespace: '', name: '', subresource: '' },
  ...{ group: resource.group, version: resource.version, resource: resource.resource },
  ...{ path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...of,
});

const sameBinding = (
  { status: a = {} }: ResourceClaim,
  { status: b = {} }: ResourceClaim,
): boolean => equal(a.allocation, b.allocation) && equal(a.reservedFor ?? [], b.reservedFor ?? []);

const keyOf = ({ driver, pool, device, shareID = '' }: AllocatedDeviceStatus): string =>
  [driver, pool, device, shareID].join('/');

/** Whose devices are told of otherwise than before, in order. */
function changedDrivers(next: ResourceClaim, before: ResourceClaim): readonly string[] {
  const [now, old] = [next, before].map(
    ({ status }) => new Map((status?.devices ?? []).map((each) => [keyOf(each), each])),
  );
  const changed = [...now!.values(), ...old!.values()].filter(
    (each) => !equal(now!.get(keyOf(each)), old!.get(keyOf(each))),
  );
  return [...new Set(changed.map(({ driver }) => driver))].toSorted();
}

/** A service account of the one node that the claim's devices are on. */
function isAssociated({ name, extra }: UserInfo, { status }: ResourceClaim): boolean {
  const [term, ...terms] = status?.allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const [field, ...fields] = term?.matchFields ?? [];
  const isOne =
    terms.length + fields.length + (term?.matchExpressions?.length ?? 0) === 0 &&
    field?.key === 'metadata.name' &&
    field.operator === 'In' &&
    field.values?.length === 1;
  const nodes = extra?.[nodeKey] ?? [];
  return (
    isOne &&
    name.startsWith('system:serviceaccount:') &&
    nodes.length === 1 &&
    nodes[0] === field.values![0]
  );
}
