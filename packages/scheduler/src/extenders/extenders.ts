import type { Pod } from '@coxswain/api/types/core-v1';
import type { WrittenExtender } from '../configuration/kinds.ts';
import type { Diagnosis } from '../cycle/diagnosis.ts';
import { type Preemption, preemptionOf } from '../cycle/preempt.ts';
import { choiceOf } from '../cycle/find-nodes.ts';
import { type Candidates, choose, type Turn } from '../cycle/schedule-pod.ts';
import { eventTypes } from '../framework/event.ts';
import type { SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';

/** Sends JSON to an extender; rejects when there is no answer in time. */
export type Post = (
  extender: WrittenExtender,
  url: string,
  body: unknown,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** Who else is asked about a pod. */
export interface Extender {
  readonly settings: WrittenExtender;
  /** What it answers to one of its verbs. */
  readonly ask: (verb: string, body: unknown) => Promise<any>;
}

/** Stands for all extenders among the plugins that rejected a pod: any event may cure it. */
export const extenderName = 'Extender';
/** Scores of extenders are of ten. */
const scale = 10;

export const extendersOf = (
  settings: readonly WrittenExtender[],
  post: Post,
  signal: AbortSignal,
): readonly Extender[] =>
  settings.map((each) => ({
    settings: each,
    async ask(verb, body) {
      const url = `${each.urlPrefix.replace(/\/+$/, '')}/${verb}`;
      const { status, text } = await post(each, url, body, signal);
      if (status !== 200)
        throw new Error(`failed ${verb} with extender at URL ${url}, code ${status}`);
      return JSON.parse(text) as unknown;
    },
  }));

/** Whether the extender has a say about the pod: about all, or about those that ask for a resource it manages. */
export function isInterested({ managedResources = [] }: WrittenExtender, { spec }: Pod): boolean {
  if (managedResources.length === 0) return true;
  const names = new Set(managedResources.map(({ name }) => name));
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ resources }) =>
    [resources?.requests, resources?.limits].some((list) =>
      Object.keys(list ?? {}).some((name) => names.has(name)),
    ),
  );
}

/** An error of an extender that may be ignored counts as no answer. */
async function attempt<T>({ settings }: Extender, job: () => Promise<T>): Promise<T | undefined> {
  try {
    return await job();
  } catch (error) {
    if (settings.ignorable) return undefined;
    throw error;
  }
}

const argsFor = (
  { nodeCacheCapable }: WrittenExtender,
  pod: Pod,
  nodes: readonly NodeInfo[],
): object =>
  nodeCacheCapable
    ? { Pod: pod, Nodes: null, NodeNames: nodes.map(({ name }) => name) }
    : {
        Pod: pod,
        Nodes: { metadata: {}, items: nodes.map(({ node }) => node) },
        NodeNames: null,
      };

interface FilterAnswer {
  readonly Nodes?: { readonly items?: readonly { readonly metadata: { readonly name: string } }[] };
  readonly NodeNames?: readonly string[];
  readonly FailedNodes?: Readonly<Record<string, string>>;
  readonly FailedAndUnresolvableNodes?: Readonly<Record<string, string>>;
  readonly Error?: string;
}

/** The candidates that every extender lets pass, one asked after the other; what they say of others is in the diagnosis. */
export async function filterBy(
  extenders: readonly Extender[],
  pod: Pod,
  found: Candidates,
): Promise<Candidates> {
  let feasible = found.feasible.nodes;
  const curable = [...found.curable];
  const rejections = new Map(found.diagnosis.rejections);
  const { byName } = indexed(feasible);
  for (const extender of extenders) {
    const { filterVerb, nodeCacheCapable, urlPrefix } = extender.settings;
    if (!filterVerb || feasible.length === 0) continue;
    const asked = feasible;
    const answer = await attempt(extender, async () => {
      const got = (await extender.ask(
        filterVerb,
        argsFor(extender.settings, pod, asked),
      )) as FilterAnswer;
      if (got.Error) throw new Error(got.Error);
      return got;
    });
    if (!answer) continue;
    const { FailedNodes: failed = {}, FailedAndUnresolvableNodes: final = {} } = answer;
    const names =
      nodeCacheCapable && answer.NodeNames
        ? answer.NodeNames
        : (answer.Nodes?.items ?? []).map(({ metadata }) => metadata.name);
    feasible = names.map((name) => {
      const info = asked.find((each) => each.name === name);
      if (info) return info;
      throw new Error(
        `extender "${urlPrefix}" claims a filtered node "${name}" which is not found in the input node list`,
      );
    });
    for (const [name, why] of Object.entries({ ...failed, ...final })) {
      const info = byName.get(name);
      if (info && !(name in final)) curable.push(info);
      const known = rejections.get(why);
      rejections.set(why, {
        ...{ plugin: extenderName, example: name },
        nodes: (known?.nodes ?? 0) + 1,
      });
    }
  }
  if (feasible.length === found.feasible.nodes.length)
    return { ...found, feasible: choiceOf(feasible) };
  const plugins = new Set([...found.diagnosis.plugins, extenderName]);
  const diagnosis: Diagnosis = { ...found.diagnosis, rejections, plugins };
  return { ...found, feasible: choiceOf(feasible), curable, diagnosis };
}

/** Where a pod goes when extenders are asked too. */
export async function chooseBy(
  extenders: readonly Extender[],
  pod: Pod,
  plugins: readonly SchedulerPlugin[],
  found: Candidates,
  random: () => number,
): Promise<Turn> {
  const passed = await filterBy(extenders, pod, found);
  const { nodes } = passed.feasible;
  const extra = nodes.length > 1 ? await scoresBy(extenders, pod, nodes) : undefined;
  return choose(pod, plugins, passed, random, extra);
}

/** Stands among the plugins for all extenders: they cannot tell what would change their mind, so anything may. */
export const extenderHints: SchedulerPlugin = {
  name: extenderName,
  wakeOn: eventTypes.map((event) => ({ event })),
};

const indexed = (nodes: readonly NodeInfo[]) => ({
  byName: new Map(nodes.map((info) => [info.name, info])),
});

/** Points for each node, in their order; what goes wrong gives none. */
export async function scoresBy(
  extenders: readonly Extender[],
  pod: Pod,
  nodes: readonly NodeInfo[],
): Promise<Float64Array> {
  const sums = new Float64Array(nodes.length);
  const places = new Map(nodes.map(({ name }, at) => [name, at]));
  await Promise.all(
    extenders.map(async ({ settings, ask }) => {
      const { prioritizeVerb, weight = 0 } = settings;
      if (!prioritizeVerb) return;
      const answer: unknown = await ask(prioritizeVerb, argsFor(settings, pod, nodes)).catch(
        () => [],
      );
      for (const { Host, Score } of answer as readonly { Host: string; Score: number }[]) {
        const at = places.get(Host);
        if (at !== undefined) sums[at]! += Score * weight * scale;
      }
    }),
  );
  return sums;
}

/** Has the extender that binds bind the pod; false when there is none. */
export async function bindBy(
  extenders: readonly Extender[],
  { metadata: { name, namespace, uid } }: Pod,
  node: string,
): Promise<boolean> {
  for (const extender of extenders) {
    const { bindVerb } = extender.settings;
    if (!bindVerb) continue;
    const args = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: node };
    const answer = await attempt(extender, async () => {
      const { Error: why } = (await extender.ask(bindVerb, args)) as { readonly Error?: string };
      if (why) throw new Error(why);
      return true;
    });
    if (answer) return true;
  }
  return false;
}

interface MetaVictims {
  readonly Pods?: readonly { readonly UID: string }[];
  readonly NumPDBViolations?: number;
}

/** The preemptions that the extenders leave, with the victims that they name. */
export async function preemptionsBy(
  extenders: readonly Extender[],
  pod: Pod,
  candidates: readonly Preemption[],
  nodes: ReadonlyMap<string, NodeInfo>,
): Promise<readonly Preemption[]> {
  let left = candidates;
  for (const extender of extenders) {
    const { preemptVerb, ignorable } = extender.settings;
    if (!preemptVerb || left.length === 0) continue;
    const asked = preemptionArgs(extender.settings, pod, left);
    const answer = await attempt(extender, async () => {
      const got = (await extender.ask(preemptVerb, asked)) as {
        readonly NodeNameToMetaVictims?: Readonly<Record<string, MetaVictims>>;
      };
      return Object.entries(got.NodeNameToMetaVictims ?? {}).map(([node, victims]) =>
        preemptionBy(extender.settings, node, victims, nodes),
      );
    });
    if (!answer) continue;
    const empty = answer.find(({ victims }) => victims.length === 0);
    if (empty && !ignorable)
      throw new Error(`expected at least one victim pod on node "${empty.node}"`);
    left = answer.filter(({ victims }) => victims.length > 0);
  }
  return left;
}

function preemptionArgs(
  { nodeCacheCapable }: WrittenExtender,
  pod: Pod,
  candidates: readonly Preemption[],
): object {
  const of = (told: (victim: Pod) => unknown): object =>
    Object.fromEntries(
      candidates.map(({ node, victims, violations }) => [
        node,
        { Pods: victims.map(told), NumPDBViolations: violations },
      ]),
    );
  return nodeCacheCapable
    ? {
        Pod: pod,
        NodeNameToVictims: null,
        NodeNameToMetaVictims: of(({ metadata }) => ({ UID: metadata.uid })),
      }
    : { Pod: pod, NodeNameToVictims: of((victim) => victim), NodeNameToMetaVictims: null };
}

function preemptionBy(
  { urlPrefix }: WrittenExtender,
  node: string,
  { Pods: pods = [], NumPDBViolations: violations = 0 }: MetaVictims,
  nodes: ReadonlyMap<string, NodeInfo>,
): Preemption {
  const there = new Map(
    [...(nodes.get(node)?.pods ?? [])].map((each) => [each.metadata.uid, each]),
  );
  const victims = pods.map(({ UID }) => {
    const victim = there.get(UID);
    if (victim) return victim;
    throw new Error(
      `extender: ${urlPrefix} claims to preempt pod (UID: &{${UID}}) on node: ${node}, but the pod is not found on that node`,
    );
  });
  return preemptionOf(node, victims, violations);
}
