/** Field values that a log line may carry. Never a secret, never an object's content. */
export type LogValue = string | number | boolean | undefined;

export interface LogLine {
  readonly atMs: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly component: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, LogValue>>;
}

/** A constant message plus fields. `error` takes what was caught and keeps its stack and causes. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  info(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  warn(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, LogValue>>): void;
  /** The same sink under a component's name, e.g. `kubelet`. */
  named(component: string): Log;
}

/** A log that hands every line to `sink`, stamped by `now`. */
export function createLog(
  sink: (line: LogLine) => void,
  now: () => number,
  component = 'cox',
): Log {
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: Readonly<Record<string, LogValue>> = {}): void =>
      sink({ atMs: now(), level, component, message, fields });
  const error = write('error');
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: (message, caught, fields) => error(message, { ...fields, error: describe(caught) }),
    named: (name) => createLog(sink, now, name),
  };
}

/** One line of text for `line`: time, level, component, message, fields as key=value. */
export function formatLogLine(line: LogLine): string {
  const fields = Object.entries(line.fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`);
  const time = new Date(line.atMs).toISOString();
  return `${time} ${line.level} ${line.component}: ${line.message}${fields.join('')}`;
}

/** A log that drops every line. */
export const silentLog: Log = createLog(
  () => {},
  () => 0,
);

function describe(caught: unknown): string {
  if (!(caught instanceof Error)) return String(caught);
  const text = caught.stack ?? `${caught.name}: ${caught.message}`;
  return caught.cause === undefined ? text : `${text}\ncaused by: ${describe(caught.cause)}`;
}
