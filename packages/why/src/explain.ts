import type { KubeObject, Resource } from '@coxswain/api';
import { explainAnything } from './about/anything.ts';
import { claimExplainer } from './about/claim.ts';
import type { Explainer } from './about/explainer.ts';
import { jobExplainers } from './about/jobs.ts';
import { namespaceExplainer } from './about/namespace.ts';
import { nodeExplainer } from './about/node.ts';
import { podExplainer } from './about/pod.ts';
import { serviceExplainer } from './about/service.ts';
import { workloadExplainers } from './about/workloads.ts';
import { type Cause, causeOf, kept, refOf } from './cause.ts';
import type { Look } from './look.ts';
import { servedResource } from './served.ts';
import type { ObjectRef } from '@coxswain/control';

/** Every kind of which more is known than what every object has. */
const explainers: readonly Explainer[] = [
  podExplainer,
  ...workloadExplainers,
  ...jobExplainers,
  serviceExplainer,
  claimExplainer,
  namespaceExplainer,
  nodeExplainer,
];

const byName = new Map(
  explainers.flatMap((each) =>
    [each.resource.resource, each.resource.kind.toLowerCase(), ...each.aliases].map(
      (name) => [name, each] as const,
    ),
  ),
);

/** What was asked about, and what there is to say; nothing when all is well. */
export interface Explanation {
  readonly about: ObjectRef;
  /** As the object itself says of its state, in a word: `Pending`, `2/3 ready`. */
  readonly state: string;
  readonly causes: readonly Cause[];
}

/** The resource that `name` means. */
export const resourceNamed = async (name: string, look: Look): Promise<Resource | undefined> =>
  byName.get(name.toLowerCase())?.resource ?? servedResource(name, look);

/** Explains one object. */
export async function explain(
  resource: Resource,
  object: KubeObject,
  look: Look,
): Promise<Explanation> {
  const own = explainers.find(
    (each) =>
      each.resource.group === resource.group && each.resource.resource === resource.resource,
  );
  const found = own
    ? await own.explain(object, look)
    : await explainAnything(resource, object, look);
  const about = refOf(resource.kind, object);
  const causes = [...found, ...refusedWrites(about, look)];
  return { about, state: stateOf(object), causes };
}

/** What the server refused to the controller of an object, pods aside: those are told where pods are missing. */
const refusedWrites = (about: ObjectRef, look: Look): readonly Cause[] =>
  look
    .reasons(about)
    .filter(
      ({ verdict, facts }) => verdict === 'refused' && !/^pods?$/i.test(String(facts['kind'])),
    )
    .map((reason) => causeOf('write-refused', about, { evidence: [kept(reason)] }));

interface Common {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The kind's own word for how an object is. */
function stateOf(object: KubeObject): string {
  if (object.metadata.deletionTimestamp) return 'Terminating';
  const { spec, status } = object as KubeObject & Common;
  if (status?.phase) return status.phase;
  if (spec?.replicas !== undefined) return `${status?.readyReplicas ?? 0}/${spec.replicas} ready`;
  const is = (type: string): string | undefined =>
    status?.conditions?.find((each) => each.type === type)?.status;
  if (is('Failed') === 'True') return 'Failed';
  if (is('Complete') === 'True') return 'Complete';
  const ready = is('Ready');
  return ready === undefined ? '' : ready === 'True' ? 'Ready' : 'NotReady';
}
