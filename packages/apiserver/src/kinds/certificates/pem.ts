import { base64Bytes } from '../rules/data.ts';

export interface PemBlock {
  readonly label: string;
  readonly hasHeaders: boolean;
  readonly der: Uint8Array;
}

const block = /-----BEGIN ([^\n-]+)-----\r?\n([\s\S]*?)-----END \1-----/g;

/** The PEM blocks of a field of bytes (base64 of text); what is no block is passed over. */
export function pemBlocks(field: string): readonly PemBlock[] {
  if (!base64Bytes(field)) return [];
  return [...atob(field).matchAll(block)].flatMap(([, label = '', body = '']) => {
    const lines = body.split(/\r?\n/);
    const hasHeaders = lines.some((line) => line.includes(':'));
    const text = lines.filter((line) => !line.includes(':')).join('');
    try {
      const der = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0)!);
      return [{ label, hasHeaders, der }];
    } catch {
      return []; // upstream finds no block where the base64 is wrong
    }
  });
}

const sequenceTag = 0x30;
const bitStringTag = 0x03;

/** What is wrong with three parts in a sequence, as signed things in X.509 are: content, algorithm, signature. */
export function wrongSigned(der: Uint8Array): string | undefined {
  const outer = elementAt(der, 0);
  if (!outer || outer.tag !== sequenceTag) return 'asn1: structure error: tags do not match';
  if (outer.end !== der.length) return 'asn1: syntax error: trailing data';
  let at = outer.start;
  for (const tag of [sequenceTag, sequenceTag, bitStringTag]) {
    const part = elementAt(der, at);
    if (!part || part.end > outer.end) return 'asn1: syntax error: sequence truncated';
    if (part.tag !== tag) return 'asn1: structure error: tags do not match';
    at = part.end;
  }
  return undefined;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

function elementAt(der: Uint8Array, at: number): Element | undefined {
  const [tag, first] = [der[at], der[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  const extra = first & 0x80 ? first & 0x7f : 0;
  const length = extra
    ? der.subarray(at + 2, at + 2 + extra).reduce((sum, byte) => sum * 256 + byte, 0)
    : first;
  const start = at + 2 + extra;
  const end = start + length;
  return end > der.length ? undefined : { tag, start, end };
}
