export { type Backoff, type BackoffRule, backoffMs, createBackoff } from './backoff/backoff.ts';
export { type Clock, sleepOn, systemClock } from './clock/clock.ts';
export { PacedClock } from './clock/paced-clock.ts';
export { advanceTo, comeToRest, type RestOptions, RestlessError } from './clock/rest.ts';
export { VirtualClock } from './clock/virtual-clock.ts';
export {
  type ByteConnection,
  ByteQueue,
  type Carrier,
  connectionPair,
  messagePair,
  type Dialer,
  headerOf,
  type HttpAnswer,
  type HttpCall,
  type HttpHeader,
  type MessageConnection,
  type OutgoingCall,
  type OutgoingTrust,
  pipe,
} from './connection/index.ts';
export { type Facts, inLanguage, sentence } from './language/language.ts';
export {
  createLog,
  formatLogLine,
  type Log,
  type LogLine,
  type LogValue,
  silentLog,
} from './log/log.ts';
export {
  exponentialBuckets,
  type Figure,
  goNumber,
  type Histogram,
  type HistogramOptions,
  type MetricOptions,
  Metrics,
} from './metrics/registry.ts';
export { BoundedQueue, QueueClosed } from './queue/bounded-queue.ts';
export { randomSuffix, seededRandom, systemRandom, uuid } from './random/random.ts';
export { SortedMap } from './sorted-map/sorted-map.ts';
export { padded, shortened, wantsColour, widthOf, wrapped } from './terminal/terminal.ts';
export { countedWork, type Work } from './work/work.ts';
export { systemWorld, virtualWorld, type World } from './world.ts';
