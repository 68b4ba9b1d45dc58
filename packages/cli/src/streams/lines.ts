const newline = 0x0a;
/** A longer line is written in pieces. */
const lineBytesMax = 16 * 1024 * 1024;

/** Copies whole lines, so that several logs mix line by line, each line behind `prefix`. */
export async function copyLines(
  input: AsyncIterable<Uint8Array>,
  prefix: string,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const before = Buffer.from(prefix);
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  for await (const chunk of input) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0 || restBytes + chunk.length > lineBytesMax) {
      const at = end || chunk.length;
      await write(prefixed(Buffer.concat([...rest, chunk.subarray(0, at)]), before));
      rest = at < chunk.length ? [chunk.subarray(at)] : [];
    } else rest.push(chunk);
    restBytes = rest.reduce((sum, each) => sum + each.length, 0);
  }
  if (restBytes > 0) await write(prefixed(Buffer.concat(rest), before));
}

function prefixed(lines: Buffer, prefix: Buffer): Buffer {
  if (prefix.length === 0) return lines;
  const pieces: Buffer[] = [];
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(newline, at) + 1 || lines.length;
    pieces.push(prefix, lines.subarray(at, end));
    at = end;
  }
  return Buffer.concat(pieces);
}
