import { Pods, selectorFromLabels } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Because, Observed } from '@coxswain/control';
import { isReady, isTerminated } from '../pods/state.ts';
import { targetPort } from '../services/pods.ts';

/** Why a Service has no endpoint, or fewer than pods that it selects; nothing when each of them is one. */
export function whyFew({ metadata, spec }: Service, observed: Observed): readonly Because[] {
  const selector = selectorFromLabels(spec?.selector);
  const chosen = observed
    .all(Pods, metadata.namespace)
    .filter((pod) => selector.matches(pod.metadata.labels) && !isTerminated(pod));
  const text = Object.entries(spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  if (chosen.length === 0) return [{ verdict: 'selects no pod', facts: { selector: text } }];
  const notReady = chosen.filter((pod) => !isReady(pod));
  const why: Because[] = [];
  if (notReady.length > 0)
    why.push({
      verdict: 'pods not ready',
      facts: {
        pods: chosen.length,
        notReady: notReady.length,
        example: notReady[0]!.metadata.name,
      },
    });
  for (const port of spec?.ports ?? []) {
    const without = chosen.filter((pod) => targetPort(pod, port) === undefined);
    if (without.length > 0)
      why.push({
        verdict: 'no port of that name',
        facts: {
          port: port.port,
          targetPort: port.targetPort ?? port.port,
          pods: without.length,
          example: without[0]!.metadata.name,
        },
      });
  }
  return why;
}
