import type { Figure, Histogram, Metrics } from '@coxswain/base';

const pair = ['priority_level', 'flow_schema'] as const;
const level = ['priority_level'] as const;

/** The metrics of priority and fairness, by upstream's names. */
export interface FairnessFigures {
  readonly dispatched: Figure;
  readonly rejected: Figure;
  readonly inQueue: Figure;
  readonly executing: Figure;
  readonly seats: Figure;
  readonly waited: Histogram;
  readonly executed: Histogram;
  readonly width: Histogram;
  readonly limits: Readonly<Record<'nominal' | 'lower' | 'upper' | 'current', Figure>>;
  readonly demand: Readonly<Record<'average' | 'high_watermark' | 'smoothed' | 'stdev', Figure>>;
  readonly inflight: Figure;
}

const seconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

export function fairnessFigures(metrics: Metrics): FairnessFigures {
  const name = (word: string): string => `apiserver_flowcontrol_${word}`;
  const gauge = (word: string, help: string, labels: readonly string[] = level): Figure =>
    metrics.gauge({
      ...{ name: name(word), help, labels },
      stability: labels === pair || word === 'nominal_limit_seats' ? 'BETA' : 'ALPHA',
    });
  const total = (word: string, help: string, labels: readonly string[]): Figure =>
    metrics.counter({ name: name(word), help, labels, stability: 'BETA' });
  const time = (word: string, help: string, labels: readonly string[], beta = false): Histogram =>
    metrics.histogram({
      ...{ name: name(word), help, labels, buckets: seconds },
      stability: beta ? 'BETA' : 'ALPHA',
    });
  return {
    dispatched: total('dispatched_requests_total', 'Requests that were let through.', pair),
    rejected: total('rejected_requests_total', 'Requests that were turned away, by reason.', [
      ...pair,
      'reason',
    ]),
    inQueue: gauge('current_inqueue_requests', 'Requests that wait for a seat.', pair),
    executing: gauge('current_executing_requests', 'Requests that are worked on.', pair),
    seats: gauge('current_executing_seats', 'Seats that are taken.', pair),
    waited: time(
      'request_wait_duration_seconds',
      'Time that requests waited for a seat.',
      [...pair, 'execute'],
      true,
    ),
    executed: time('request_execution_seconds', 'Time that requests were worked on.', [
      ...pair,
      'type',
    ]),
    width: metrics.histogram({
      ...{ name: name('work_estimated_seats'), help: 'Seats that requests were taken to need.' },
      ...{ labels: pair, buckets: [1, 2, 4, 8, 16, 32, 64, 100], stability: 'ALPHA' },
    }),
    limits: {
      nominal: gauge('nominal_limit_seats', 'Seats of a level by its configuration.'),
      lower: gauge('lower_limit_seats', 'Seats that a level keeps when it lends.'),
      upper: gauge('upper_limit_seats', 'Seats that a level has at most when it borrows.'),
      current: gauge('current_limit_seats', 'Seats that a level has now.'),
    },
    demand: {
      average: gauge('demand_seats_average', 'Seats asked for in the last period, on average.'),
      high_watermark: gauge(
        'demand_seats_high_watermark',
        'Most seats asked for in the last period.',
      ),
      smoothed: gauge('demand_seats_smoothed', 'Seats asked for, smoothed over periods.'),
      stdev: gauge(
        'demand_seats_stdev',
        'Standard deviation of seats asked for in the last period.',
      ),
    },
    inflight: metrics.gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that are worked on, by kind.',
      ...{ labels: ['request_kind'], stability: 'STABLE' },
    }),
  };
}
