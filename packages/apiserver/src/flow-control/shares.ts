import type { PriorityLevelConfiguration } from '@coxswain/api/types/flowcontrol-v1';

/** How many seats a level has by its configuration, and between which bounds it may lend and borrow. */
export interface Limits {
  readonly nominal: number;
  readonly min: number;
  readonly max: number;
}

const commons = ({
  spec,
}: PriorityLevelConfiguration): {
  readonly shares: number;
  readonly lendable: number;
  readonly borrowing: number | undefined;
} => {
  const { nominalConcurrencyShares, lendablePercent } = spec.limited ?? spec.exempt ?? {};
  return {
    shares: nominalConcurrencyShares ?? (spec.type === 'Exempt' ? 0 : 30),
    lendable: lendablePercent ?? 0,
    borrowing: spec.limited?.borrowingLimitPercent,
  };
};

/** The seats of the server, dealt out by the levels' shares. */
export function limitsOf(
  levels: readonly PriorityLevelConfiguration[],
  seats: number,
): readonly Limits[] {
  const sum = levels.reduce((all, level) => all + commons(level).shares, 0) || 1;
  return levels.map((level) => {
    const { shares, lendable, borrowing } = commons(level);
    const nominal = Math.ceil((seats * shares) / sum);
    const borrowed = borrowing === undefined ? seats : Math.round((nominal * borrowing) / 100);
    return {
      nominal,
      min: nominal - Math.round((nominal * lendable) / 100),
      max: nominal + borrowed,
    };
  });
}

/** One level's part in dealing out seats: what it must get, may get, and would like. */
export interface Claim {
  readonly low: number;
  readonly high: number;
  readonly target: number;
}

/** Smallest target that counts: levels that ask for nothing share what nobody else takes. */
const targetMin = 0.001;
const roundsMax = 60;

/**
 * Deals `sum` out so that each gets the same proportion of its target, within its bounds. The proportion is found by
 * halving: the sum grows with it.
 */
export function allocate(sum: number, claims: readonly Claim[]): readonly number[] {
  const at = (proportion: number): number[] =>
    claims.map(({ low, high, target }) =>
      Math.max(low, Math.min(high, proportion * Math.max(target, targetMin))),
    );
  const total = (proportion: number): number => at(proportion).reduce((all, one) => all + one, 0);
  let below = 0;
  let above = Math.max(1, ...claims.map(({ high, target }) => high / Math.max(target, targetMin)));
  for (let round = 0; round < roundsMax; round++) {
    const middle = (below + above) / 2;
    if (total(middle) < sum) below = middle;
    else above = middle;
  }
  return at(above);
}

/** What a level asked for in the last period. */
export interface Demand {
  readonly limits: Limits;
  readonly isExempt: boolean;
  readonly highWatermark: number;
  readonly smoothed: number;
}

/** How many seats each level has until the next adjustment: idle levels lend, busy ones borrow. */
export function adjusted(demands: readonly Demand[]): readonly number[] {
  const need = ({ limits, isExempt, highWatermark }: Demand): number =>
    Math.max(limits.min, isExempt ? highWatermark : Math.min(limits.nominal, highWatermark));
  const limited = demands.filter(({ isExempt }) => !isExempt);
  const all = demands.reduce((sum, { limits }) => sum + limits.nominal, 0);
  const exempted = demands.filter(({ isExempt }) => isExempt);
  const left = all - exempted.reduce((sum, demand) => sum + need(demand), 0);
  const minima = limited.reduce((sum, { limits }) => sum + limits.min, 0);
  const needed = limited.reduce((sum, demand) => sum + need(demand), 0);
  const given = (): readonly number[] => {
    if (left <= minima) return limited.map(({ limits }) => limits.min);
    if (left <= needed) {
      const part = (left - minima) / (needed - minima);
      return limited.map((one) => one.limits.min + Math.round((need(one) - one.limits.min) * part));
    }
    const claims = limited.map((one) => ({
      low: need(one),
      high: one.limits.max,
      target: Math.max(need(one), one.smoothed),
    }));
    return allocate(all, claims).map(Math.round);
  };
  const seats = given();
  let at = 0;
  return demands.map((demand) => (demand.isExempt ? need(demand) : seats[at++]!));
}
