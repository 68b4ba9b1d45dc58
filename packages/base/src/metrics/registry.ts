import { joinExpositions } from './join.ts';

/** How far a metric may be relied on; the text leads its HELP line as upstream's does. */
export type Stability = 'STABLE' | 'BETA' | 'ALPHA';

export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  /** Undefined for those of the process, which upstream's libraries bring along. */
  readonly stability: Stability | undefined;
  /** Names of its labels, in the order in which values are given. */
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, growing; `+Inf` is added. */
  readonly buckets: readonly number[];
}

/** Counts up, or is set; one number for each set of label values. */
export interface Figure {
  add(amount: number, ...values: readonly string[]): void;
  set(value: number, ...values: readonly string[]): void;
  /** Adds to one set of label values, which is looked up only once; not for those that are dropped. */
  of(...values: readonly string[]): (amount: number) => void;
  /** Forgets one set of label values. */
  drop(...values: readonly string[]): void;
}

/** Sorts what it observes into buckets. */
export interface Histogram {
  observe(value: number, ...values: readonly string[]): void;
  /** Observes for one set of label values, which is looked up only once. */
  of(...values: readonly string[]): (value: number) => void;
}

/** Most sets of label values of one metric; what comes on top is counted nowhere. */
const seriesMax = 20_000;

interface Series {
  readonly values: readonly string[];
}
interface FigureSeries extends Series {
  value: number;
}
interface HistogramSeries extends Series {
  readonly counts: Float64Array; // one more than buckets
  sum: number;
}

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly metric: Figure | Histogram;
  write(lines: string[]): void;
}

/** The metrics of one process, in the text format of Prometheus. A metric asked for twice is the same metric. */
export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #before: (() => void)[] = [];
  readonly #others: (() => Promise<string>)[] = [];

  counter(options: MetricOptions): Figure {
    return this.#figure('counter', options);
  }

  gauge(options: MetricOptions): Figure {
    return this.#figure('gauge', options);
  }

  histogram(options: HistogramOptions): Histogram {
    return this.#family(options, 'histogram', () => histogramFamily(options)).metric as Histogram;
  }

  /** Runs `fill` before each scrape: for figures that are read rather than counted. */
  beforeScrape(fill: () => void): void {
    this.#before.push(fill);
  }

  /** All metrics, by their names; those without a single value show their head only. */
  text(): string {
    for (const fill of this.#before) fill();
    const lines: string[] = [];
    for (const [, family] of [...this.#families].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      family.write(lines);
    return `${lines.join('\n')}\n`;
  }

  /** Adds the metrics of another thread of this process to `whole`. */
  also(text: () => Promise<string>): void {
    this.#others.push(text);
  }

  /** The metrics of all threads. */
  async whole(): Promise<string> {
    if (this.#others.length === 0) return this.text();
    return joinExpositions([
      this.text(),
      ...(await Promise.all(this.#others.map((text) => text()))),
    ]);
  }

  #figure(type: 'counter' | 'gauge', options: MetricOptions): Figure {
    return this.#family(options, type, () => figureFamily(type, options)).metric as Figure;
  }

  #family({ name }: MetricOptions, type: Family['type'], make: () => Family): Family {
    const known = this.#families.get(name);
    if (known && known.type !== type) throw new Error(`${name} is a ${known.type}`);
    if (known) return known;
    const family = make();
    this.#families.set(name, family);
    return family;
  }
}

/** The series of `values` in `all`, made when it is new and there is room. */
function seriesOf<T extends Series>(
  all: Map<string, T>,
  values: readonly string[],
  make: (values: readonly string[]) => T,
): T | undefined {
  const key = values.length === 1 ? values[0]! : values.join('\0');
  const known = all.get(key);
  if (known || all.size >= seriesMax) return known;
  const series = make(values);
  all.set(key, series);
  return series;
}

function figureFamily(type: 'counter' | 'gauge', options: MetricOptions): Family {
  const all = new Map<string, FigureSeries>();
  const labels = options.labels ?? [];
  const make = (values: readonly string[]): FigureSeries => ({ values, value: 0 });
  if (labels.length === 0) seriesOf(all, [], make);
  return {
    type,
    metric: {
      add(amount, ...values) {
        const series = seriesOf(all, values, make);
        if (series) series.value += amount;
      },
      set(value, ...values) {
        const series = seriesOf(all, values, make);
        if (series) series.value = value;
      },
      of(...values) {
        let series: FigureSeries | undefined;
        return (amount) => {
          series ??= seriesOf(all, values, make);
          if (series) series.value += amount;
        };
      },
      drop: (...values) => void all.delete(values.join('\0')),
    },
    write(lines) {
      if (all.size === 0) return;
      lines.push(...head(type, options));
      for (const { values, value } of all.values())
        lines.push(`${options.name}${braces(labelPairs(labels, values))} ${goNumber(value)}`);
    },
  };
}

function histogramFamily(options: HistogramOptions): Family {
  const all = new Map<string, HistogramSeries>();
  const { name, buckets, labels = [] } = options;
  const make = (values: readonly string[]): HistogramSeries => ({
    values,
    counts: new Float64Array(buckets.length + 1),
    sum: 0,
  });
  const observeIn = (series: HistogramSeries, value: number): void => {
    let at = 0;
    while (at < buckets.length && value > buckets[at]!) at++;
    series.counts[at]!++;
    series.sum += value;
  };
  if (labels.length === 0) seriesOf(all, [], make);
  return {
    type: 'histogram',
    metric: {
      observe(value, ...values) {
        const series = seriesOf(all, values, make);
        if (series) observeIn(series, value);
      },
      of(...values) {
        let series: HistogramSeries | undefined;
        return (value) => {
          series ??= seriesOf(all, values, make);
          if (series) observeIn(series, value);
        };
      },
    },
    write(lines) {
      if (all.size === 0) return;
      lines.push(...head('histogram', options));
      for (const { values, counts, sum } of all.values()) {
        const pairs = labelPairs(labels, values);
        let count = 0;
        counts.forEach((here, at) => {
          count += here;
          const bound = at < buckets.length ? goNumber(buckets[at]!) : '+Inf';
          lines.push(`${name}_bucket${braces([...pairs, `le="${bound}"`])} ${count}`);
        });
        lines.push(`${name}_sum${braces(pairs)} ${goNumber(sum)}`);
        lines.push(`${name}_count${braces(pairs)} ${count}`);
      }
    },
  };
}

const head = (type: Family['type'], { name, help, stability }: MetricOptions): string[] => [
  `# HELP ${name} ${stability ? `[${stability}] ` : ''}${help}`,
  `# TYPE ${name} ${type}`,
];

/** `name="value"` for each label, by name. */
const labelPairs = (labels: readonly string[], values: readonly string[]): readonly string[] =>
  labels.map((label, at) => `${label}="${escaped(values[at] ?? '')}"`).toSorted();

const braces = (pairs: readonly string[]): string => (pairs.length ? `{${pairs.join(',')}}` : '');

const escaped = (value: string): string =>
  /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;

/** From this power of ten on Go writes an exponent. */
const exponentMin = 6;

/** A number as Go's `%g` writes it, which bounds of buckets are compared by. */
export function goNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  if (value === 0) return '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < exponentMin) return String(value);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** `count` bounds, each `factor` times the one before. */
export const exponentialBuckets = (start: number, factor: number, count: number): number[] =>
  // Multiplied one by one, as Go does it: bounds are compared by their digits.
  Array.from({ length: count - 1 }).reduce<number[]>(
    (bounds) => [...bounds, bounds.at(-1)! * factor],
    [start],
  );
