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
  const { name, namespace } = service.metadata;
  const { selector, type, ports = [] } = service.spec ?? {};
  const reasons = look.reasons(about);
  const load =
    type === 'LoadBalancer' && !service.status?.loadBalancer?.ingress?.length
      ? [
          causeOf(
            'no-load-balancer',
            about,
            {},
            {
              evidence: [specEvidence('spec.type', 'LoadBalancer')],
              steps: [stepOf('install-load-balancer')],
            },
          ),
        ]
      : [];
  if (type === 'ExternalName') return [];
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
    ...reasons.filter((each) => each.verdict === verdict).map(kept),
  ];
  if (chosen.length === 0)
    return [
      ...load,
      causeOf(
        'selects-no-pod',
        about,
        { selector: text },
        {
          evidence: evidence('selects no pod'),
          because: nearMisses(selector, all),
          steps: [
            stepOf(
              'compare-labels',
              { selector: text },
              `kubectl get pods${inNamespace(about)} --show-labels`,
            ),
          ],
        },
      ),
    ];
  const causes: Cause[] = [...load];
  const ready = chosen.filter(isReadyPod);
  if (ready.length === 0)
    causes.push(
      causeOf(
        'no-ready-pod',
        about,
        { pods: chosen.length, selector: text },
        { evidence: evidence('pods not ready'), because: await explainPods(chosen, look) },
      ),
    );
  else if (ready.length < chosen.length)
    causes.push(
      causeOf(
        'some-pods-not-ready',
        about,
        { pods: chosen.length, ready: ready.length },
        { evidence: evidence('pods not ready'), because: await explainPods(chosen, look) },
      ),
    );
  for (const port of ports)
    causes.push(...wrongPort(service, port, chosen, evidence('no port of that name')));
  if (ready.length > 0 && causes.length === 0) {
    const slices = await look.list(EndpointSlices, {
      namespace,
      labels: `kubernetes.io/service-name=${name}`,
    });
    const some = slices.some(({ endpoints }) =>
      endpoints?.some(({ conditions }) => conditions?.ready !== false),
    );
    if (!some)
      return [
        causeOf(
          'endpoints-behind',
          about,
          { ready: ready.length },
          { steps: [stepOf('see-that-it-runs', { what: 'endpointslice-controller' })] },
        ),
      ];
  }
  return causes;
}

async function withoutSelector({ metadata }: Service, look: Look): Promise<readonly Cause[]> {
  const about = { kind: 'Service', name: metadata.name, namespace: metadata.namespace };
  const slices = await look.list(EndpointSlices, {
    namespace: metadata.namespace,
    labels: `kubernetes.io/service-name=${metadata.name}`,
  });
  if (slices.some(({ endpoints }) => endpoints?.length)) return [];
  return [
    causeOf(
      'no-selector',
      about,
      {},
      { steps: [stepOf('add-selector', {}, `kubectl edit ${nameOf(about)}${inNamespace(about)}`)] },
    ),
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
      pods: count,
      label,
      wants,
      has,
      pod: pod.metadata.name,
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
      causeOf(
        'no-port-of-that-name',
        about,
        { target, pods: without.length, names },
        { evidence: [own, ...evidence.slice(1)], steps },
      ),
    ];
  }
  const known = [...new Set(pods.flatMap(portNumbers))];
  if (known.length === 0 || known.includes(target || port.port)) return [];
  return [
    causeOf(
      'port-not-declared',
      about,
      { target, ports: known.join(', ') },
      { evidence: [own], steps },
    ),
  ];
}

export const serviceExplainer: Explainer = explainer({
  resource: Services,
  aliases: ['svc'],
  explain: explainService,
});
