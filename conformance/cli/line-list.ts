import type { Answers } from './fixed-answers.ts';

/** Command lines as a user types them behind `kubectl`, run one after the other on one fresh cluster. */
export interface LineList {
  readonly name: string;
  /** Files in the folder that the lines run in. */
  readonly files: Readonly<Record<string, string>>;
  /** What a server of fixed answers says, in place of a cluster. */
  readonly answers?: Answers;
  readonly lines: readonly string[];
  /** The log of servers that do not answer and what `-v` tells are compared, too. */
  readonly isLogCompared?: true;
  /** Set for all lines. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a line printed, with what differs from run to run put aside. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** The words of a line, by the quotes of a shell. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single: string | undefined, double: string | undefined) => single ?? double ?? '',
    ),
  );

/** Names, times and addresses that no two clusters share. */
const passing: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'UID'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \w+/g, 'TIME'],
  [/\b10\.\d+\.\d+\.\d+\b/g, 'ADDRESS'],
  [/(resourceVersion"?: ?"?)\d+/g, '$1VERSION'],
  [/(Resource Version: +)\d+/g, '$1VERSION'],
  [/kube-api-access-[a-z\d]{5}/g, 'kube-api-access-NAME'],
  [/(resource version to be \d+, was )\d+/g, '$1VERSION'],
  [/\/tmp\/cox-walk-\w+/g, 'FOLDER'],
  [/walk-[\da-f]{6}/g, 'NODE'],
  [/\d+\.\d+\.\d+\.\d+:\d{2,5}/g, 'SERVER'],
  [/cox-walk-\w+/g, 'FOLDER'],
  [/(kubectl-edit|LIVE|MERGED)-\d*[\da-zA-Z]+/g, '$1-N'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [-+]\d{4}/g, 'TIME'],
  [/0x[\da-f]{8,}/g, 'ADDRESS'],
  [/[EFWI]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, 'LOG '],
];

/** A column of ages is as wide as its ages: where one stands, and above it, spaces and rules are not counted. */
const age = /(?<=^|\s)(<invalid>|\d+(ms|s|m|h|d)(\d+[smh])?)(?=[\s)]|$)/g;
const aboveAges = /\b(AGE|Age)\b|LAST SEEN|^\s*-+(\s+-+)+\s*$/;

/** What klog tells of a server that cannot be reached, before kubectl does: once a try, as many as it takes. */
const noise = /^LOG (memcache|cert_rotation|reflector)\.go:/;

/** What `-v` tells and no two programs or clusters share: ids, times taken, what a program calls itself, where a request is sent from. */
const traced: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/illiseconds=\d+/g, 'illiseconds=N'],
  [/ (getConnection|serverProcessing)Milliseconds=N/g, ''],
  [/(kubectl\/v\S+ \(\S+\)) [^\s"\\]+/g, '$1 BUILD'],
  [/^\t(Date|Expires|Etag|Vary|X-Kubernetes-Pf-\S+): .*$/gm, '\t$1: VALUE'],
  [/(hash=)[\dA-F]+/g, '$1HASH'],
  [/(timeoutSeconds=|totalItems=)\d+/g, '$1N'],
  [/ duration="[^"]*"/g, ''],
  [/(LOG streamwatcher.*) err=".*/g, '$1'],
  [/(resourceVersion\\":\\")\d+/g, '$1VERSION'],
  [/(lookup \S+ on )\S+(: no such host)/g, '$1SERVER$2'],
  [/("Response Body" body=<\n)(\t[\da-f]{8}  .*\n?)+/g, '$1\tBYTES\n'],
  [/.{0,40} \[truncated \d+ chars\]/g, ' [truncated]'],
];

/** Maps in Go have no order: fields of a selector, */
const orderedFields = (text: string): string =>
  text.replaceAll(/(?<=fieldSelector=)[^&" ]+/g, (fields) =>
    fields.split('%2C').toSorted().join('%2C'),
  );

/** flags of a curl command, and client-go's switches. */
const ordered = (lines: readonly string[]): readonly string[] => {
  const isSwitch = (line: string): boolean => line.startsWith('LOG envvar.go:');
  const switches = lines.filter(isSwitch).toSorted();
  return lines.map((line) => {
    if (isSwitch(line)) return switches.shift()!;
    const flags = line.startsWith('\tcurl ') && line.match(/ -H "(?:[^"\\]|\\.)*"/g);
    return flags
      ? `${flags.toSorted().join('')} ${line.split("' ").at(-1)!.split(' ').at(-1)!}`
      : line;
  });
};

/** What `line` printed, without what differs from run to run. Thousandths of CPUs, as `top` prints them, only look like minutes. */
export function settled(text: string, line = '', isLogCompared = false): string {
  const named = [...passing, ...(isLogCompared ? traced : [])].reduce(
    (rest, [pattern, instead]) => rest.replaceAll(pattern, instead),
    isLogCompared ? orderedFields(text) : text,
  );
  if (line.startsWith('top ')) return ordered(named.split('\n')).join('\n');
  return ordered(named.split('\n').filter((each) => isLogCompared || !noise.test(each)))
    .map((line) => {
      const aged = line.replaceAll(age, 'AGE');
      if (aged === line && !aboveAges.test(line)) return line;
      return aged.replaceAll(/ {2,}/g, '  ').replaceAll(/-{2,}/g, '--');
    })
    .join('\n');
}
