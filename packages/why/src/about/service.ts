import { EndpointSlices, Pods, selectorFromLabels, Services } from '@coxswain/api';
import type { Pod, Service, ServicePort } from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  type Evidence,
  inNamespace,
  kept,
  nameOf,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import type { Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';
import { explainPods, isReadyPod } from './pods-of.ts';
import { heldBack } from './terminating.ts';

/** Why a Service has no endpoints, or fewer than one would think. */
async function explainService(service: Service, look: Look): Promise<readonly Cause[]> {
  if (service.metadata.deletionTimestamp) return heldBack(Services, service, look);
  const about = refOf('Service', service);
  const { namespace } = service.metadata;
  const { selector, type, ports = [] } = service.spec ?? {};
  if (type === 'ExternalName') return [];
  const load = withoutAddress(service);
  if (!selector || Object.keys(selector).length === 0)
    return [...load, ...(await withoutSelector(service, look))];
  const text = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const all = await look.list(Pods, { namespace });
  const isChosen = selectorFromLabels(selector);
  const chosen = all.filter(
    ({ metadata, status }) =>
      isChosen.matches(metadata.labels) &&
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed',
  );
  const evidence = (verdict: string): readonly Evidence[] => [
    specEvidence('spec.selector', text),
    ...look
      .reasons(about)
      .filter((each) => each.verdict === verdict)
      .map(kept),
  ];
  if (chosen.length === 0 && look.hidden.has('pods')) return load;
  if (chosen.length === 0) {
    const command = `kubectl get pods${inNamespace(about)} --show-labels`;
    return [
      ...load,
      causeOf('selects-no-pod', about, {
        facts: { selector: text },
        evidence: evidence('selects no pod'),
        because: nearMisses(selector, all),
        steps: [stepOf('compare-labels', { selector: text }, command)],
      }),
    ];
  }
  const few = await fewReady(service, chosen, evidence('pods not ready'), look);
  const named = evidence('no port of that name');
  return [...load, ...few, ...ports.flatMap((port) => wrongPort(service, port, chosen, named))];
}

const withoutAddress = (service: Service): readonly Cause[] =>
  service.spec?.type === 'LoadBalancer' && !service.status?.loadBalancer?.ingress?.length
    ? [
        causeOf('no-load-balancer', refOf('Service', service), {
          evidence: [specEvidence('spec.type', 'LoadBalancer')],
          steps: [stepOf('install-load-balancer')],
        }),
      ]
    : [];

/** Pods that are not ready, or ready ones of which no endpoint tells. */
async function fewReady(
  service: Service,
  chosen: readonly Pod[],
  evidence: readonly Evidence[],
  look: Look,
): Promise<readonly Cause[]> {
  const about = refOf('Service', service);
  const { name, namespace } = service.metadata;
  const facts = { pods: chosen.length, ready: chosen.filter(isReadyPod).length };
  if (facts.ready < facts.pods) {
    const because = await explainPods(chosen, look);
    const cause = facts.ready === 0 ? 'no-ready-pod' : 'some-pods-not-ready';
    return [causeOf(cause, about, { facts, evidence, because })];
  }
  const labels = `kubernetes.io/service-name=${name}`;
  const slices = await look.list(EndpointSlices, { namespace, labels });
  const some = slices.some(({ endpoints }) =>
    endpoints?.some(({ conditions }) => conditions?.ready !== false),
  );
  const steps = [stepOf('see-that-it-runs', { what: 'endpointslice-controller' })];
  return some || look.hidden.has('endpointslices')
    ? []
    : [causeOf('endpoints-behind', about, { facts, steps })];
}

async function withoutSelector({ metadata }: Service, look: Look): Promise<readonly Cause[]> {
  const about = { kind: 'Service', name: metadata.name, namespace: metadata.namespace };
  const slices = await look.list(EndpointSlices, {
    namespace: metadata.namespace,
    labels: `kubernetes.io/service-name=${metadata.name}`,
  });
  if (slices.some(({ endpoints }) => endpoints?.length)) return [];
  if (look.hidden.has('endpointslices')) return [];
  return [
    causeOf('no-selector', about, {
      steps: [stepOf('add-selector', {}, `kubectl edit ${nameOf(about)}${inNamespace(about)}`)],
    }),
  ];
}

/** Pods that all but one label would choose, by the label that they lack. */
function nearMisses(
  selector: Readonly<Record<string, string>>,
  pods: readonly Pod[],
): readonly Cause[] {
  const found = new Map<string, { readonly pod: Pod; count: number }>();
  for (const pod of pods) {
    const wrong = Object.entries(selector).filter(
      ([key, value]) => pod.metadata.labels?.[key] !== value,
    );
    const [only] = wrong;
    // One label out of one says nothing, unless the pod has that label with another value.
    if (
      wrong.length !== 1 ||
      (Object.keys(selector).length === 1 && pod.metadata.labels?.[only![0]] === undefined)
    )
      continue;
    const [key, wants] = only!;
    const id = JSON.stringify([key, wants, pod.metadata.labels?.[key] ?? '']);
    const known = found.get(id);
    if (known) known.count++;
    else found.set(id, { pod, count: 1 });
  }
  return [...found].map(([id, { pod, count }]) => {
    const [label, wants, has] = JSON.parse(id) as [string, string, string];
    const name = has ? 'label-differs' : 'label-missing';
    return causeOf(name, refOf('Pod', pod), {
      facts: {
        pods: count,
        label,
        wants,
        has,
        pod: pod.metadata.name,
      },
    });
  });
}

const portNames = ({ spec }: Pod): readonly string[] =>
  [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ name }) => name ?? []),
  );
const portNumbers = ({ spec }: Pod): readonly number[] =>
  spec.containers.flatMap(({ ports }) => (ports ?? []).map(({ containerPort }) => containerPort));

/** A target port by a name that pods do not have; by a number that none of their containers names. */
function wrongPort(
  service: Service,
  port: ServicePort,
  pods: readonly Pod[],
  evidence: readonly Evidence[],
): readonly Cause[] {
  const about = refOf('Service', service);
  const target = port.targetPort ?? port.port;
  const steps = [
    stepOf('correct-target-port', {}, `kubectl edit ${nameOf(about)}${inNamespace(about)}`),
  ];
  const own = specEvidence('spec.ports', `${port.port} -> ${target}`);
  if (typeof target === 'string') {
    const without = pods.filter((pod) => !portNames(pod).includes(target));
    if (without.length === 0) return [];
    const names = [...new Set(without.flatMap(portNames))].join(', ');
    return [
      causeOf('no-port-of-that-name', about, {
        facts: { target, pods: without.length, names },
        evidence: [own, ...evidence.slice(1)],
        steps,
      }),
    ];
  }
  const known = [...new Set(pods.flatMap(portNumbers))];
  if (known.length === 0 || known.includes(target || port.port)) return [];
  return [
    causeOf('port-not-declared', about, {
      facts: { target, ports: known.join(', ') },
      evidence: [own],
      steps,
    }),
  ];
}

export const serviceExplainer: Explainer = explainer({
  resource: Services,
  aliases: ['svc'],
  explain: explainService,
});
