/** The `n`th address of an IPv4 range in CIDR form; the range's own address is number 0. */
export function nthAddress(range: string, n: number): string {
  const [base = ''] = range.split('/');
  const value = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Upstream's tools give the first address to the API itself and the tenth to the name server. */
export const kubernetesAddress = (range: string): string => nthAddress(range, 1);
export const dnsAddress = (range: string): string => nthAddress(range, 10);
