/** A number, or that percentage of `total`, rounded as asked. Anything else counts as 0. */
export function shareOf(
  value: number | string | undefined,
  total: number,
  round: 'up' | 'down',
): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const percent = Number(value.endsWith('%') ? value.slice(0, -1) : Number.NaN);
  if (!Number.isFinite(percent)) return 0;
  const share = (percent * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}
