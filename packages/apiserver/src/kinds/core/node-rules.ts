import { DecodeError, parseJson } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import { equal } from '../rules/equal.ts';
import {
  duplicate,
  forbiddenField,
  internalFault,
  invalidValue,
  positiveText,
  required,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { parseRange, validRange } from '../rules/ip.ts';
import { resourceQuantity } from '../rules/resources.ts';
import { taints } from '../rules/scheduling.ts';

/** Upstream names the taints of a node under its metadata. */
const taintRules = ({ spec }: Node): Rules => taints('metadata.taints', spec.taints ?? []);

/** Rules of a node. */
export function* nodeRules(node: Node): Rules {
  yield* avoidedPods(node);
  yield* taintRules(node);
  yield* resources(node);
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0)
    yield invalidValue('metadata.nodeSwapStatus.capacity', swap, positiveText);
  yield* declaredFeatures(node);
  const ranges = node.spec.podCIDRs ?? [];
  for (const [index, range] of ranges.entries())
    yield* validRange(`spec.podCIDRs[${index}]`, range);
  const wrong = ranges.findIndex((range) => !parseRange(range));
  if (ranges.length > 1 && wrong >= 0)
    yield internalFault(
      'spec.podCIDRs',
      `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${wrong}]: <nil> (invalid CIDR address: ${ranges[wrong]})`,
    );
  const families = new Set(ranges.map((range) => parseRange(range)?.family));
  if (ranges.length > 1 && (families.size !== 2 || ranges.length > 2))
    yield invalidValue(
      'spec.podCIDRs',
      ranges,
      'may specify no more than one CIDR for each IP family',
    );
}

/** Rules of a changed node: upstream asks some of them once more. */
export function* nodeUpdateRules(next: Node, before: Node): Rules {
  yield* nodeRules(next);
  yield* nodeStatusRules(next, before);
}

const unchanging = (field: string): string =>
  `node updates may not change ${field} except from "" to valid`;

/** Rules of a node whose status changes. */
export function* nodeStatusRules(next: Node, before: Node): Rules {
  yield* avoidedPods(next);
  yield* resources(next);
  yield* declaredFeatures(next);
  const seen = new Set<string>();
  for (const [index, address] of (next.status?.addresses ?? []).entries()) {
    const key = `${address.type} ${address.address}`;
    if (seen.has(key))
      yield duplicate(`status.addresses[${index}]`, internalForm('core.NodeAddress', address));
    seen.add(key);
  }
  if (before.spec.podCIDRs?.length && !equal(next.spec.podCIDRs, before.spec.podCIDRs))
    yield forbiddenField('spec.podCIDRs', unchanging('podCIDR'));
  if (before.spec.providerID && next.spec.providerID !== before.spec.providerID)
    yield forbiddenField('spec.providerID', unchanging('providerID'));
  yield* taintRules(next);
  if ((next.spec.externalID ?? '') !== (before.spec.externalID ?? ''))
    yield forbiddenField('spec.externalID', 'may not be updated');
}

const avoidAnnotation = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

interface AvoidPods {
  readonly preferAvoidPods?: readonly {
    readonly podSignature?: { readonly podController?: { readonly controller?: boolean } };
  }[];
}

/** The pods that an annotation of old keeps away. */
function* avoidedPods({ metadata }: Node): Rules {
  const text = metadata.annotations?.[avoidAnnotation];
  if (!text) return;
  let given: AvoidPods | null;
  try {
    given = parseJson(text) as AvoidPods | null;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    yield invalidValue('metadata.annotations.AvoidPods', avoidAnnotation, error.message);
    return;
  }
  for (const [index, { podSignature }] of (given?.preferAvoidPods ?? []).entries()) {
    const at = `metadata.annotations.${avoidAnnotation}[${index}].PodSignature`;
    if (!podSignature?.podController) yield required(at);
    else if (!podSignature.podController.controller)
      yield invalidValue(`${at}.PodController.Controller`, false, 'must point to a controller');
  }
}

function* resources({ status }: Node): Rules {
  for (const list of ['capacity', 'allocatable'] as const)
    for (const [name, quantity] of Object.entries(status?.[list] ?? {}))
      yield* resourceQuantity(`status.${list}.${name}`, name, quantity);
}

const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;
const featureNameMax = 253;

function* declaredFeatures({ status }: Node): Rules {
  const features = status?.declaredFeatures ?? [];
  for (const [index, feature] of features.entries()) {
    const path = `status.declaredFeatures[${index}]`;
    const wrong =
      feature.length > featureNameMax
        ? `must be no more than ${featureNameMax} characters`
        : !featureName.test(feature) &&
          "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
    if (wrong)
      yield invalidValue(
        path,
        feature,
        `invalid feature name ${JSON.stringify(feature)}: ${wrong}`,
      );
    const next = features[index + 1];
    const after = `status.declaredFeatures[${index + 1}]`;
    if (next === feature) yield duplicate(after, next);
    else if (next !== undefined && next < feature)
      yield invalidValue(after, next, 'list must be sorted alphabetically');
  }
}
