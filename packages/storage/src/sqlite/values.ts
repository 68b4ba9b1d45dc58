/**
 * Values on their way between threads: copied once into buffers that are then handed over. Both sides go
 * through the values in one order, so that only their lengths need to be told.
 */

/** Most bytes of a buffer, unless one value is larger: what a single value can keep alive. */
const bufferBytesMax = 64 * 1024;

export function pack(values: readonly Uint8Array[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (let first = 0; first < values.length;) {
    let bytes = values[first]!.length;
    let end = first + 1;
    while (end < values.length && bytes + values[end]!.length <= bufferBytesMax)
      bytes += values[end++]!.length;
    const buffer = new Uint8Array(bytes);
    let at = 0;
    for (; first < end; first++) {
      buffer.set(values[first]!, at);
      at += values[first]!.length;
    }
    if (bytes > 0) buffers.push(buffer.buffer);
  }
  return buffers;
}

/** Takes the values out again, by their lengths. */
export function unpack(buffers: readonly ArrayBuffer[]): (length: number) => Uint8Array {
  let index = 0;
  let at = 0;
  return (length) => {
    if (length === 0) return new Uint8Array(0);
    if (at + length > buffers[index]!.byteLength) {
      index++;
      at = 0;
    }
    at += length;
    return new Uint8Array(buffers[index]!, at - length, length);
  };
}
