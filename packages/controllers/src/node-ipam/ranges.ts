/** A range of IPv4 addresses handed out in blocks: `10.244.0.0/16` in blocks of `/24`. */
export interface Ranges {
  readonly blocks: number;
  /** The text of block `index`: `10.244.3.0/24`. */
  blockAt(index: number): string;
  /** Which block `range` is; -1 for one that is not of these. */
  indexOf(range: string): number;
}

export function ranges(cluster: string, blockBits: number): Ranges {
  const [address = '', bits = ''] = cluster.split('/');
  const base = toNumber(address);
  const size = 2 ** (32 - blockBits);
  const blocks = 2 ** (blockBits - Number(bits));
  if (base === undefined || !Number.isInteger(blocks))
    throw new Error(`${cluster} cannot be split into /${blockBits} ranges`);
  return {
    blocks,
    blockAt: (index) => `${toText(base + index * size)}/${blockBits}`,
    indexOf(range) {
      const [text = '', length] = range.split('/');
      const at = ((toNumber(text) ?? Number.NaN) - base) / size;
      const ours = Number(length) === blockBits && Number.isInteger(at) && at >= 0 && at < blocks;
      return ours ? at : -1;
    },
  };
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const toText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
