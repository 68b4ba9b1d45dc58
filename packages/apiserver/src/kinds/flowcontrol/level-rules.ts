import type {
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '@coxswain/api/types/flowcontrol-v1';
import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';

const queuesMax = 10_000_000;
/** Bits that the hash of a flow has to deal its queues from. */
const entropyMax = 60;

/** Upstream's rules of a level's spec. */
export function* levelRules(name: string, spec: PriorityLevelConfigurationSpec): Rules {
  const { type, exempt, limited } = spec;
  if ((name === 'exempt') !== (type === 'Exempt'))
    yield invalidValue('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'");
  if (type === 'Exempt') {
    if (limited) yield forbiddenField('spec.limited', 'must be nil if the type is not Limited');
    if (exempt) yield* shareRules('spec.exempt', exempt);
  } else if (type === 'Limited') {
    if (exempt) yield forbiddenField('spec.exempt', 'must be nil if the type is Limited');
    if (!limited) yield required('spec.limited', 'must not be empty when type is Limited');
    else yield* limitedRules('spec.limited', limited);
  } else yield notSupported('spec.type', type, ['Exempt', 'Limited']);
}

interface Shares {
  readonly nominalConcurrencyShares?: number | undefined;
  readonly lendablePercent?: number | undefined;
}

function* shareRules(
  path: string,
  { nominalConcurrencyShares: shares, lendablePercent }: Shares,
): Rules {
  if (shares !== undefined && shares < 0)
    yield invalidValue(
      `${path}.nominalConcurrencyShares`,
      shares,
      'must be a non-negative integer',
    );
  yield* percentRules(path, lendablePercent);
}

function* percentRules(path: string, percent: number | undefined): Rules {
  if (percent !== undefined && !(percent >= 0 && percent <= 100))
    yield invalidValue(`${path}.lendablePercent`, percent, 'must be between 0 and 100, inclusive');
}

function* limitedRules(
  path: string,
  limited: NonNullable<PriorityLevelConfigurationSpec['limited']>,
): Rules {
  const { nominalConcurrencyShares, limitResponse, lendablePercent, borrowingLimitPercent } =
    limited;
  yield* shareRules(path, { nominalConcurrencyShares });
  const { type, queuing } = limitResponse ?? {};
  const at = `${path}.limitResponse`;
  if (type === 'Reject') {
    if (queuing)
      yield forbiddenField(
        `${at}.queuing`,
        'must be nil if limited.limitResponse.type is not Limited',
      );
  } else if (type === 'Queue') {
    if (queuing) yield* queuingRules(`${at}.queuing`, queuing);
    else
      yield required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited');
  } else yield notSupported(`${at}.type`, type, ['Queue', 'Reject']);
  yield* percentRules(path, lendablePercent);
  if (borrowingLimitPercent !== undefined && borrowingLimitPercent < 0)
    yield invalidValue(
      `${path}.borrowingLimitPercent`,
      borrowingLimitPercent,
      'if specified, must be a non-negative integer',
    );
}

function* queuingRules(path: string, given: QueuingConfiguration): Rules {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = given;
  if (queueLengthLimit <= 0)
    yield invalidValue(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive');
  if (queues <= 0) yield invalidValue(`${path}.queues`, queues, 'must be positive');
  else if (queues > queuesMax)
    yield invalidValue(`${path}.queues`, queues, `must not be greater than ${queuesMax}`);
  const hand = (detail: string) => invalidValue(`${path}.handSize`, handSize, detail);
  if (handSize <= 0) yield hand('must be positive');
  else if (handSize > queues) yield hand(`should not be greater than queues (${queues})`);
  else if (entropyBits(queues, handSize) > entropyMax)
    yield hand(
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${entropyMax}`,
    );
}

/** Bits of chance that dealing a hand takes, each card reckoned as one of the whole deck. */
export const entropyBits = (deck: number, size: number): number =>
  Math.ceil(Math.log2(deck) * size);
