import { parseTime } from '@coxswain/api';

/** The instant in milliseconds; undefined where there is none. */
export const timeMs = (time: string | null | undefined): number | undefined =>
  time ? parseTime(time) : undefined;

/** When the object was created; 0 where it does not say. */
export const createdMs = ({
  metadata,
}: {
  readonly metadata: { readonly creationTimestamp?: string | null | undefined };
}): number => timeMs(metadata.creationTimestamp) ?? 0;

/** The smallest wait that is not over; undefined when there is none. */
export function soonest(...waits: readonly (number | undefined)[]): number | undefined {
  const open = waits.filter((wait) => wait !== undefined && Number.isFinite(wait)) as number[];
  return open.length > 0 ? Math.max(0, Math.min(...open)) : undefined;
}
