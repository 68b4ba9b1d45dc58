/** How long things take in the simulation: drawn evenly, in whole hundredths of a second so that instants coincide. */

const ranges = {
  sandbox: [20, 40],
  pull: [50, 150],
  container: [10, 20],
  stop: [10, 30],
} as const;

export type Delayed = keyof typeof ranges;

/** A delay in milliseconds. */
export function delayMs(what: Delayed, random: () => number): number {
  const [least, most] = ranges[what];
  return least + 10 * Math.floor(random() * ((most - least) / 10 + 1));
}
