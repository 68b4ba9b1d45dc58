/** Hands kept at once, so that a flow's is dealt once. */
const handsMax = 4096;
const dealt = new Map<string, readonly number[]>();

/** The queues of one flow: `size` different ones of `deck`, the same whenever it is asked. */
export function hand(flow: string, deck: number, size: number): readonly number[] {
  const key = `${deck}/${size}/${flow}`;
  const known = dealt.get(key);
  if (known) return known;
  if (dealt.size >= handsMax) dealt.delete(dealt.keys().next().value!);
  const cards = deal(flow, deck, Math.min(size, deck));
  dealt.set(key, cards);
  return cards;
}

/** Draws without putting back: each draw counts among the cards that are left. */
function deal(flow: string, deck: number, size: number): readonly number[] {
  let state = hash(flow);
  const drawn: number[] = [];
  for (let card = 0; card < size; card++) {
    state = mix(state);
    let at = state % (deck - card);
    for (const other of drawn.toSorted((a, b) => a - b)) if (other <= at) at++;
    drawn.push(at);
  }
  return drawn;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** The next of a sequence that visits every number of 32 bits (splitmix32). */
function mix(state: number): number {
  let value = (state + 0x9e3779b9) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
  return (value ^ (value >>> 15)) >>> 0;
}
