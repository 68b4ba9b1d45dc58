import { byName, type Observe, scheduled } from '../play.ts';

type Json = any;

/** Pods of a case, where they are, what is said of them, and all that was told about them in events. */
export const podsAndEvents: Observe = async (list, { id }, pods) => {
  const claims = await list(`/api/v1/namespaces/${id}/persistentvolumeclaims`);
  if (claims.some(({ spec, status }) => spec.volumeName && status.phase !== 'Bound'))
    return undefined;
  const events = await list(`/apis/events.k8s.io/v1/namespaces/${id}/events`);
  const uids = new Map<string, string>();
  for (const { regarding } of events) uids.set(regarding.uid, `uid of ${regarding.name}`);
  for (const { metadata } of pods) uids.set(metadata.uid, `uid of ${metadata.name}`);
  // Later failures are folded into the first one, or not, as the moment has it; the condition has the last one.
  const isFirst = new Map<string, string>();
  for (const { metadata, regarding, reason } of events.toSorted((a, b) =>
    byName(a.metadata, b.metadata),
  ))
    if (reason === 'FailedScheduling' && !isFirst.has(regarding.name))
      isFirst.set(regarding.name, metadata.name);
  const told = events
    .filter(
      ({ metadata, regarding, reason }) =>
        regarding.kind === 'Pod' &&
        (reason !== 'FailedScheduling' || isFirst.get(regarding.name) === metadata.name),
    )
    .map((event) =>
      [
        ...[event.regarding.name, event.type, event.reason, event.action],
        event.reportingController,
        event.note.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (uid: string) => uids.get(uid) ?? uid),
      ].join(' | '),
    );
  const isTold = ({ metadata, spec, status }: Json): boolean =>
    !spec.nodeName ||
    !scheduled({ status }) ||
    told.some((text) => text.startsWith(`${metadata.name} | Normal | Scheduled`));
  if (!pods.every(isTold)) return undefined;
  return {
    pods: pods
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        node: spec.nodeName,
        ...(metadata.deletionTimestamp && { leaving: true }),
        hopes: status?.nominatedNodeName,
        said: saidBy(scheduled({ status })),
        disrupted: saidBy(
          (status?.conditions ?? []).find(({ type }: Json) => type === 'DisruptionTarget'),
        ),
      }))
      .toSorted(byName),
    told: [...new Set(told)].toSorted(),
  };
};

const saidBy = (condition: Json): unknown =>
  condition && [
    ...[condition.status, condition.reason, condition.message],
    condition.observedGeneration !== undefined,
  ];
