import { CelError, compileDeviceSelector, type DeviceSelector } from '@coxswain/cel';
import { tolerates } from '@coxswain/api/nodes';
import type { Node } from '@coxswain/api/types/core-v1';
import type {
  Device,
  DeviceSelector as Selector,
  ResourceClaim,
} from '@coxswain/api/types/resource-v1';
import { isFor, type Offer } from './pools.ts';
import { AllocationError, type Asked, claimKey } from './requests.ts';

/** Expressions that are kept compiled. */
const compiledMax = 256;
const compiled = new Map<string, ReturnType<typeof compileDeviceSelector>>();

/** What expressions said of a device: the same for as long as the device is. */
const answers = new WeakMap<Device, Map<string, boolean>>();
/** Answers kept of one device. */
const answersMax = 64;

/** Whether class and request pick a device that is for the node; throws AllocationError where an expression fails. */
export function picks(asked: Asked, offer: Offer, claim: ResourceClaim, node: Node): boolean {
  const { metadata, spec } = asked.class;
  return (
    allMatch(spec.selectors, offer, `class ${metadata.name}`) &&
    allMatch(asked.selectors, offer, `claim ${claimKey(claim)}`) &&
    (!offer.slice.spec.perDeviceNodeSelection || isFor(node, offer.device))
  );
}

const allMatch = (
  selectors: readonly Selector[] | undefined,
  offer: Offer,
  whose: string,
): boolean =>
  (selectors ?? []).every(({ cel }, at) => {
    const { expression } = cel!;
    const known = answers.get(offer.device)?.get(expression);
    if (known !== undefined) return known;
    const answer = matches(expression, offer, `${whose}: selector #${at}`);
    keep(offer.device, expression, answer);
    return answer;
  });

function keep(device: Device, expression: string, answer: boolean): void {
  const known = answers.get(device) ?? new Map<string, boolean>();
  if (known.size >= answersMax) known.clear();
  answers.set(device, known.set(expression, answer));
}

function matches(expression: string, { device, slice }: Offer, where: string): boolean {
  try {
    const { driver } = slice.spec;
    return selectorOf(expression, where).matches({ ...device, driver });
  } catch (cause) {
    if (!(cause instanceof CelError)) throw cause;
    throw new AllocationError(`${where}: CEL runtime error: ${cause.message}`, { cause });
  }
}

function selectorOf(expression: string, where: string): DeviceSelector {
  const known = compiled.get(expression) ?? compileDeviceSelector(expression);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(expression, known);
  if ('selector' in known) return known.selector;
  throw new AllocationError(`${where}: CEL compile error: ${known.message}`);
}

/** Whether a taint keeps a device from a request. */
export const isTainted = ({ taints = [] }: Device, { tolerations = [] }: Asked): boolean =>
  taints.some(
    (taint) =>
      (taint.effect === 'NoExecute' || taint.effect === 'NoSchedule') &&
      !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
