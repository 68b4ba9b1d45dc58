import { formatQuantity, parseQuantity, selectorOf, selectorText } from '@coxswain/api';
import type { LabelSelector, ObjectMeta } from '@coxswain/api/types/meta';
import { aligned, escaped } from '../../printers/tab-writer.ts';

/** Lines without their breaks, cells behind tabs; those of an inner list stand one level deeper, what is not there is left out. */
export type Lines = readonly (string | Lines | false | null | undefined)[];

/** Lines as they are printed. */
export const linesText = (lines: Lines): string => aligned(tabbedText(lines));

/** The same with tabs between cells that nothing has lined up. */
export const tabbedText = (lines: Lines): string => escaped(indented(lines, ''));

const indented = (lines: Lines, indent: string): string =>
  lines
    .map((each) => {
      if (typeof each === 'string') return `${indent}${each}\n`;
      return each ? indented(each, `${indent}  `) : '';
    })
    .join('');

/** `Label:  value`, for a value that is there. */
export const row = (label: string, value: unknown): string | false =>
  value !== undefined && value !== null && value !== '' && `${label}:\t${String(value)}`;

/** A title with its values below each other. */
export const values = (title: string, each: readonly string[], none = '<none>'): Lines =>
  each.length === 0
    ? [`${title}:\t${none}`]
    : each.map((value, at) => `${at === 0 ? `${title}:` : ''}\t${value}`);

/** A title with lines below it; nothing where there are none. */
export const section = (title: string, lines: Lines | null | undefined): Lines =>
  lines && lines.length > 0 ? [title, lines] : [];

/** A table: what its columns are called, a rule below, its rows. */
export const table = (columns: readonly string[], rows: Lines): Lines => [
  columns.join('\t'),
  columns.map((name) => '-'.repeat(name.length)).join('\t'),
  ...rows,
];

/** A table below its title; nothing where it has no rows. */
export const titledTable = (title: string, columns: readonly string[], rows: Lines): Lines =>
  rows.length > 0 ? [title, table(columns, rows)] : [];

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Entries by name. */
export const entriesOf = <T>(map: Readonly<Record<string, T>> | null | undefined): [string, T][] =>
  Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Labels below each other. */
export const labelled = (title: string, labels: Labels): Lines =>
  values(
    title,
    entriesOf(labels).map(([key, value]) => `${key}=${value}`),
  );

/** Characters of an annotation that are shown on one line. */
export const annotationMax = 140;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** Cuts by bytes, as Go does. */
export function shortened(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  return bytes.length > bytesMax ? `${bytes.subarray(0, bytesMax).toString()}...` : text;
}
const isShort = (key: string, value: string): boolean =>
  Buffer.byteLength(key) + Buffer.byteLength(value) + 2 <= annotationMax && !value.includes('\n');

/** Annotations below each other, long ones on lines of their own; what `apply` remembers is left out. */
export const annotated = (title: string, annotations: Labels): Lines =>
  values(
    title,
    entriesOf(annotations)
      .filter(([key]) => key !== lastApplied)
      .flatMap(([key, whole]) => {
        const value = whole.replace(/\n$/, '');
        if (isShort(key, value)) return [`${key}: ${value}`];
        const lines = value.split('\n').map((line) => `  ${shortened(line, annotationMax - 2)}`);
        return [`${key}:`, ...lines];
      }),
  );

/** Labels and annotations, as most kinds begin. */
export const labelsOf = ({ labels, annotations }: ObjectMeta): Lines => [
  ...labelled('Labels', labels),
  ...annotated('Annotations', annotations),
];

/** Name, labels, annotations of what belongs to the whole cluster. */
export const named = (metadata: ObjectMeta): Lines => [
  `Name:\t${metadata.name ?? ''}`,
  ...labelsOf(metadata),
];

/** Name and namespace. */
export const placed = ({ name, namespace }: ObjectMeta): Lines => [
  `Name:\t${name ?? ''}`,
  `Namespace:\t${namespace ?? ''}`,
];

const two = (value: number): string => String(value).padStart(2, '0');

/** Minutes east of Greenwich, as `+0900`. */
const zoneOf = (time: Date): string => {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
};

/** A time on the clock of this machine: `Mon, 02 Jan 2006 15:04:05 -0700`. */
export function timeText(given: string | null | undefined): string {
  if (!given) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const [day = '', month = '', date = '', year = '', clock = ''] = new Date(given)
    .toString()
    .split(' ');
  return `${day}, ${date} ${month} ${year} ${clock} ${zoneOf(new Date(given))}`;
}

/** The same as Go's Time prints itself. */
export function plainTimeText(given: string | null | undefined): string {
  if (!given) return '0001-01-01 00:00:00 +0000 UTC';
  const time = new Date(given);
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const [, zone = 'UTC'] = /, .* (\S+)$/.exec(
    time.toLocaleString('en-US', { timeZoneName: 'short' }),
  ) ?? [undefined, 'UTC'];
  return `${date} ${time.toTimeString().slice(0, 8)} ${zoneOf(time)} ${zone}`;
}

/** A list as Go prints it. */
export const listText = (list: readonly string[] | null | undefined): string =>
  `[${(list ?? []).join(' ')}]`;

/** A selector, `none` where it selects nothing by name. */
export function selected(selector: LabelSelector | null | undefined, none = '<none>'): string {
  try {
    return selectorText(selectorOf(selector)) || none;
  } catch {
    return '<error>';
  }
}

/** A quantity as servers write it; `0` where there is none. */
export const quantityText = (quantity: string | null | undefined): string =>
  quantity ? formatQuantity(parseQuantity(quantity)) : '0';

/** Amounts by name. */
export const amounts = (list: Readonly<Record<string, string>> | null | undefined): Lines =>
  entriesOf(list).map(([name, quantity]) => `${name}:\t${quantityText(quantity)}`);

/** A whole number or a percentage. */
export const intOrString = (value: number | string | null | undefined): string =>
  value === undefined || value === null ? '<nil>' : String(value);

/** `True`, `False`, or `<unset>`. */
export const boolText = (value: boolean | null | undefined): string =>
  value === undefined || value === null ? '<unset>' : value ? 'True' : 'False';

/** What conditions of all kinds have. */
interface AnyCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** Type, status and reason of each condition. */
export const shortConditions = (conditions: readonly AnyCondition[] | null | undefined): Lines =>
  titledTable(
    'Conditions:',
    ['Type', 'Status', 'Reason'],
    (conditions ?? []).map(({ type, status, reason = '' }) => `${type} \t${status}\t${reason}`),
  );

/** Type, status, last change, reason and message of each condition. */
export const longConditions = (conditions: readonly AnyCondition[] | null | undefined): Lines =>
  titledTable(
    'Conditions:',
    ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
    (conditions ?? []).map(
      ({ type, status, lastTransitionTime, reason = '', message = '' }) =>
        `${type}\t${status}\t${timeText(lastTransitionTime)}\t${reason}\t${message}`,
    ),
  );

/** The same with a time between status and last change, called `column`. */
export const watchedConditions = (
  column: string,
  conditions: readonly (AnyCondition & { readonly at: string | null | undefined })[],
): Lines =>
  section(
    'Conditions:',
    conditions.length > 0
      ? [
          `Type\tStatus\t${column}\tLastTransitionTime\tReason\tMessage`,
          '----\t------\t-----------------\t------------------\t------\t-------',
          ...conditions.map(
            ({ type, status, at, lastTransitionTime, reason = '', message = '' }) =>
              `${type} \t${status} \t${timeText(at)} \t${timeText(lastTransitionTime)} \t${reason} \t${message}`,
          ),
        ]
      : [],
  );
