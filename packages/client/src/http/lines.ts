const newline = 0x0a;

/** Splits a byte stream into the complete lines of each chunk: one batch per chunk that ended a line. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<readonly string[]> {
  let rest: Uint8Array[] = []; // pieces of the line that no chunk has ended yet
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    const lines = whole.split('\n').filter((line) => line.length > 0);
    if (lines.length > 0) yield lines;
  }
}
