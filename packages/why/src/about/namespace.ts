import { type KubeObject, Namespaces, type Resource } from '@coxswain/api';
import type { Namespace } from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  type ConditionLike,
  type Evidence,
  kept,
  refOf,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import type { Look } from '../look.ts';
import { servedResource } from '../served.ts';
import { type Explainer, explainer } from './explainer.ts';
import { explainPod } from './pod.ts';
import { heldBack } from './terminating.ts';

/** Objects of one resource that are named. */
const shownMax = 3;

/** Why a namespace that was deleted is still there. */
async function explainNamespace(ns: Namespace, look: Look): Promise<readonly Cause[]> {
  if (!ns.metadata.deletionTimestamp) return [];
  const about = refOf('Namespace', ns);
  const since = durationText(look.nowMs - Date.parse(ns.metadata.deletionTimestamp));
  const reasons = look.reasons(about);
  const conditions = (ns.status?.conditions ?? []).filter(({ status }) => status === 'True');
  const because: Cause[] = [];
  const broken = conditions.filter(({ type }) => type === 'NamespaceDeletionDiscoveryFailure');
  for (const condition of broken)
    because.push(
      causeOf('discovery-fails', about, {
        evidence: evidenceOf(
          condition,
          reasons.filter(({ verdict }) => verdict === 'discovery failed').map(kept),
        ),
        steps: [stepOf('check-apiservices', {}, 'kubectl get apiservices')],
      }),
    );
  for (const { verdict, facts } of reasons)
    if (verdict === 'objects remain')
      because.push(
        ...(await remaining(ns, String(facts['resource']), Number(facts['count']), look)),
      );
  const content = conditions.filter(
    ({ type }) =>
      type === 'NamespaceContentRemaining' || type === 'NamespaceDeletionContentFailure',
  );
  // Without what the controller kept, its condition is all that tells of what is left.
  const evidence = content.flatMap((each) => evidenceOf(each, []));
  const own = (ns.spec?.finalizers ?? []).filter((each) => each !== 'kubernetes');
  for (const finalizer of own)
    because.push(
      causeOf('namespace-finalizer', about, {
        facts: { finalizer },
        steps: [stepOf('see-that-it-runs', { what: finalizer.split('/')[0]! })],
      }),
    );
  because.push(...heldBack(Namespaces, ns, look));
  return [
    causeOf('namespace-not-empty', about, {
      facts: { since, namespace: ns.metadata.name },
      evidence,
      because,
    }),
  ];
}

const evidenceOf = (condition: ConditionLike, more: readonly Evidence[]): readonly Evidence[] =>
  more.length > 0 ? more : conditionEvidence(condition);

/** What of a resource is left in a namespace, and what holds the first of it. `name`: `pods`, `widgets.example.com`. */
async function remaining(
  ns: Namespace,
  name: string,
  count: number,
  look: Look,
): Promise<readonly Cause[]> {
  const resource = await servedResource(name, look);
  const { name: namespace } = ns.metadata;
  const found = resource ? await look.list(resource, { namespace }) : [];
  if (resource && found.length === 0 && !look.hidden.has(resource.resource)) return []; // gone since
  const names = found.slice(0, shownMax).map(({ metadata }) => metadata.name);
  const facts = {
    resource: name,
    count: found.length || count,
    names: names.join(', ') + (found.length > shownMax ? ', ...' : ''),
  };
  const [example] = found;
  const because = resource && example ? await why(resource, example, look) : [];
  return [causeOf('objects-remain', { kind: 'Namespace', name: namespace }, { facts, because })];
}

const why = (
  resource: Resource,
  object: KubeObject,
  look: Look,
): Promise<readonly Cause[]> | readonly Cause[] =>
  resource.group === '' && resource.resource === 'pods'
    ? explainPod(object as never, look)
    : heldBack(resource, object, look);

export const namespaceExplainer: Explainer = explainer({
  resource: Namespaces,
  aliases: ['ns'],
  explain: explainNamespace,
});
