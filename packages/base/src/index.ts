export { type Clock, sleepOn, systemClock } from './clock/clock.ts';
export { VirtualClock } from './clock/virtual-clock.ts';
export {
  createLog,
  formatLogLine,
  type Log,
  type LogLine,
  type LogValue,
  silentLog,
} from './log/log.ts';
export { randomSuffix, seededRandom, systemRandom, uuid } from './random/random.ts';
export { countedWork, type Work } from './work/work.ts';
export { systemWorld, virtualWorld, type World } from './world.ts';
