import type { KubeObject, Resource } from '@coxswain/api';
import { type Cause, causeOf, conditionEvidence, type ConditionLike, refOf } from '../cause.ts';
import { eventEvidence, type Look } from '../look.ts';
import { heldBack } from './terminating.ts';

/** What can be said of an object of any kind: what holds it back, conditions that are not as they should be, warnings. */
export async function explainAnything(
  resource: Resource,
  object: KubeObject,
  look: Look,
): Promise<readonly Cause[]> {
  const about = refOf(resource.kind, object);
  const { status } = object as KubeObject & {
    readonly status?: { readonly conditions?: readonly ConditionLike[] };
  };
  const events = await look.events(about);
  const warnings = events
    .filter(({ type }) => type === 'Warning')
    .slice(0, 2)
    .map(eventEvidence);
  const open = (status?.conditions ?? []).filter(
    (condition) => good.has(condition.type) && condition.status !== 'True',
  );
  const causes = open.map((condition) =>
    causeOf('condition-not-met', about, {
      facts: { type: condition.type },
      evidence: [...conditionEvidence(condition), ...warnings],
    }),
  );
  const held = heldBack(resource, object, look);
  if (held.length + causes.length > 0 || warnings.length === 0) return [...held, ...causes];
  return [causeOf('warned-of', about, { evidence: warnings })];
}

/** Conditions that are True when all is well, by the convention of most kinds. */
const good = new Set([
  'Ready',
  'Available',
  'Established',
  'Accepted',
  'Programmed',
  'Synced',
  'Healthy',
  'Succeeded',
  'Complete',
  'Approved',
  'ScalingActive',
  'AbleToScale',
  'NamesAccepted',
]);
