import { byName, type Observe, scheduled } from '../play.ts';

type Json = any;

/** Pods and claims of a case, without what chance and time make of them. */
export const podsAndClaims: Observe = async (list, { id }, pods) => {
  const claims = await list(`/apis/resource.k8s.io/v1/namespaces/${id}/resourceclaims`);
  const podNames = new Map(pods.map(({ metadata }) => [metadata.uid, metadata.name]));
  const claimNames = new Map(
    claims.map(({ metadata: { name, generateName } }) => [
      name,
      generateName ? `${generateName}*` : name,
    ]),
  );
  return {
    pods: pods
      .map((pod) => ({
        name: pod.metadata.name,
        node: pod.spec.nodeName,
        ...(pod.metadata.deletionTimestamp && { leaving: true }),
        said: scheduled(pod) && [scheduled(pod).reason, scheduled(pod).message],
        claims: pod.status?.resourceClaimStatuses?.map((each: Json) => [
          each.name,
          claimNames.get(each.resourceClaimName) ?? 'gone',
        ]),
        extended: pod.status?.extendedResourceClaimStatus?.requestMappings,
      }))
      .toSorted(byName),
    claims: claims
      .map(({ metadata, spec, status }) => ({
        name: claimNames.get(metadata.name),
        ...(metadata.deletionTimestamp && { leaving: true }),
        ...(metadata.generateName && { spec: spec.devices, annotations: metadata.annotations }),
        allocation: allocationOf(status?.allocation),
        for: status?.reservedFor?.map(({ uid }: Json) => podNames.get(uid) ?? 'gone'),
        devices: status?.devices?.map(({ device }: Json) => device),
      }))
      .toSorted(byName),
  };
};

function allocationOf(allocation: Json): unknown {
  if (!allocation) return undefined;
  const results = allocation.devices?.results?.map((result: Json) => ({
    ...result,
    ...(result.shareID && { shareID: 'some' }),
  }));
  return {
    ...allocation,
    ...(allocation.allocationTimestamp && { allocationTimestamp: 'some' }),
    devices: { ...allocation.devices, results },
  };
}
