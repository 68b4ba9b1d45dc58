import type { LogLine } from '../../runtime.ts';

/** One entry of a container's log: a line, or a piece of one. */
export interface LogEntry {
  /** Whole seconds since the epoch, and the rest of the instant. */
  readonly seconds: number;
  readonly nanos: number;
  /** As the log has it, with all nine digits. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** What was written; ends with a newline unless the line goes on. */
  readonly bytes: Uint8Array;
}

const space = 32;
const newline = 10;
const capitalP = 80;
const decoder = new TextDecoder();
const timeForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads a line of a CRI log file, `TIME STREAM TAGS CONTENT`; undefined when it is none. */
export function parseEntry(line: Uint8Array): LogEntry | undefined {
  const afterTime = line.indexOf(space);
  const afterStream = afterTime < 0 ? -1 : line.indexOf(space, afterTime + 1);
  const afterTags = afterStream < 0 ? -1 : line.indexOf(space, afterStream + 1);
  if (afterTags < 0) return undefined;
  const instant = parseTime(decoder.decode(line.subarray(0, afterTime)));
  const stream = decoder.decode(line.subarray(afterTime + 1, afterStream));
  if (!instant || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
  const second = line[afterStream + 2];
  const isPartial = line[afterStream + 1] === capitalP && (second === space || second === colon);
  const end = isPartial && line.at(-1) === newline ? line.length - 1 : line.length;
  return { ...instant, stream, bytes: line.subarray(afterTags + 1, end) };
}
const colon = 58;

function parseTime(text: string): Pick<LogEntry, 'seconds' | 'nanos' | 'time'> | undefined {
  const [, base, fraction = '', zone] = timeForm.exec(text) ?? [];
  if (base === undefined) return undefined;
  const seconds = Date.parse(base + zone) / 1000;
  if (Number.isNaN(seconds)) return undefined;
  const nanos = fraction.padEnd(9, '0');
  return { seconds, nanos: Number(nanos), time: `${base}.${nanos}${zone}` };
}

const encoder = new TextEncoder();

/** An entry that a runtime keeps itself. */
export function entryOf(line: LogLine): LogEntry {
  const bytes = encoder.encode(line.isPartial ? line.text : `${line.text}\n`);
  const instant = parseTime(line.time) ?? {
    seconds: Math.floor(line.atMs / 1000),
    nanos: (line.atMs % 1000) * 1_000_000,
    time: line.time,
  };
  return { ...instant, stream: line.stream, bytes };
}
