/** The Huffman code of HPACK (RFC 7541, appendix B). */
import { ConnectionError, errorCode } from './frames.ts';

/** The length of each octet's code, as a digit of base 36. The codes follow: shorter first, then by octet. */
const lengths: string =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq';
const lengthMax = 30;
/** Codes of at most so many bits are found by one look. */
const lookBits = 8;

/** Octets in the order of their codes; for each length the first code, and where its octet stands. */
const octets: number[] = [];
const firstCode: number[] = [0];
const firstAt: number[] = [0];
/** By the next eight bits: the octet, and from bit 8 on the length of its code; 0 where that is longer. */
const looks: Uint16Array = new Uint16Array(2 ** lookBits);

for (let length = 1, code = 0; length <= lengthMax; length++, code <<= 1) {
  firstCode.push(code);
  firstAt.push(octets.length);
  for (let octet = 0; octet < 256; octet++) {
    if (parseInt(lengths[octet]!, 36) !== length) continue;
    octets.push(octet);
    const free = lookBits - length;
    if (free >= 0) looks.fill((length << 8) | octet, code << free, (code + 1) << free);
    code++;
  }
}
firstAt.push(octets.length);

const scratch: Buffer = Buffer.allocUnsafeSlow(4096);

/** The text behind the code, each octet a character. */
export function huffmanDecoded(bytes: Uint8Array, from: number, to: number): string {
  const most = Math.ceil(((to - from) * 8) / 5);
  const out = most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
  const end = (to - from) * 8;
  let length = 0;
  let at = 0;
  while (at < end) {
    const byte = from + (at >>> 3);
    const next = byte + 1 < to ? bytes[byte + 1]! : 255;
    const look = looks[(((bytes[byte]! << 8) | next) >>> (8 - (at & 7))) & 255]!;
    if (look > 0 && at + (look >>> 8) <= end) {
      out[length++] = look & 255;
      at += look >>> 8;
    } else {
      const octet = longer(bytes, from, at, end);
      if (octet === undefined) break;
      out[length++] = octets[octet.at]!;
      at += octet.bits;
    }
  }
  return out.toString('latin1', 0, length);
}

/** The octet whose code begins at bit `at`; undefined at the padding, which is ones and less than an octet. */
function longer(
  bytes: Uint8Array,
  from: number,
  start: number,
  end: number,
): { readonly at: number; readonly bits: number } | undefined {
  let code = 0;
  for (let bits = 1; bits <= lengthMax && start + bits <= end; bits++) {
    const bit = start + bits - 1;
    code = (code << 1) | ((bytes[from + (bit >>> 3)]! >>> (7 - (bit & 7))) & 1);
    const at = firstAt[bits]! + code - firstCode[bits]!;
    if (code >= firstCode[bits]! && at < firstAt[bits + 1]!) return { at, bits };
  }
  const left = end - start;
  if (left < 8 && code === 2 ** left - 1) return undefined;
  throw new ConnectionError(errorCode.compression, 'a header is no Huffman code');
}
