import type { ApiHandler } from '@coxswain/api';
import type { APIResourceList, OwnerReference } from '@coxswain/api/types/meta';
import type { Authorizer } from '../authz/authorizer.ts';
import { serverUser } from '../bootstrap/bootstrap.ts';
import { decide } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { refuse } from './refuse.ts';

/** Owners may be set only by who may delete the object, and may block deletion only for who may hold the owner back. */
export function ownerReferencesPermissionEnforcement(
  authorizers: readonly Authorizer[],
  call: ApiHandler,
): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    handles: ({ operation, resource, subresource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      !(resource.resource === 'pods' && resource.group === '' && subresource === 'status'),
    async validate(admission, signal) {
      const { user, object, before, operation, resource, subresource, namespace, name } = admission;
      if (equal(object?.metadata.ownerReferences, before?.metadata.ownerReferences)) return;
      const refusal = async (info: Partial<RequestInfo>): Promise<string | undefined> => {
        const { decision, reason } = await decide(authorizers, user, asks(info), signal);
        return decision === 'allow' ? undefined : `${reason}, <nil>`;
      };
      if (operation !== 'CREATE') {
        const { group, version, resource: plural } = resource;
        const of = { group, version, resource: plural, subresource, namespace, name };
        const why = await refusal({ verb: 'delete', ...of });
        if (why !== undefined)
          throw refuse(admission, `cannot set an ownerRef on a resource you can't delete: ${why}`);
      }
      const blocking = newlyBlocking(admission);
      if (blocking.length === 0) return;
      const anything = { group: '*', version: '*', resource: '*', name: '*' };
      const finalizes = { verb: 'update', subresource: 'finalizers' };
      if ((await refusal({ ...finalizes, ...anything })) === undefined) return;
      for (const owner of blocking) {
        const found = await resourceOf(owner, admission, call, signal);
        const inside = found.namespaced ? { namespace } : {};
        const why = await refusal({ ...finalizes, ...found.info, ...inside, name: owner.name });
        if (why !== undefined)
          throw refuse(
            admission,
            `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${why}`,
          );
      }
    },
  };
}

const asks = (info: Partial<RequestInfo>): RequestInfo => ({
  ...{ isResource: true, verb: '', group: '', version: '', resource: '', subresource: '' },
  ...{ namespace: '', name: '', path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...info,
});

function newlyBlocking({ object, before }: Admission): readonly OwnerReference[] {
  const old = before?.metadata.ownerReferences ?? [];
  return (object?.metadata.ownerReferences ?? []).filter(
    ({ uid, blockOwnerDeletion }) =>
      blockOwnerDeletion && !old.some((each) => each.uid === uid && each.blockOwnerDeletion),
  );
}

async function resourceOf(
  { apiVersion, kind }: OwnerReference,
  admission: Admission,
  call: ApiHandler,
  signal: AbortSignal,
): Promise<{ readonly namespaced: boolean; readonly info: Partial<RequestInfo> }> {
  const [group, version] = apiVersion.includes('/')
    ? (apiVersion.split('/') as [string, string])
    : ['', apiVersion];
  const answer = await call({
    method: 'GET',
    path: group ? `/apis/${group}/${version}` : `/api/${version}`,
    query: {},
    user: serverUser,
    agent: 'kube-apiserver/admission',
    signal,
  }).catch(() => undefined);
  const found = (answer?.object as APIResourceList | undefined)?.resources.find(
    (each) => each.kind === kind && !each.name.includes('/'),
  );
  if (!found)
    throw refuse(
      admission,
      `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: no matches for kind "${kind}" in version "${apiVersion}"`,
    );
  return { namespaced: found.namespaced, info: { group, version, resource: found.name } };
}
