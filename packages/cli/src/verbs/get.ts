import { ApiError } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { textOf } from '@coxswain/client/http';
import { fileBytes } from '../command/file-faults.ts';
import { bool, list, text } from '../command/flags.ts';
import { type Command, command, type Words } from '../command/command.ts';
import { Exit, Failures, throwAll, UsageError } from '../command/failure.ts';
import {
  allNamespacesFlag,
  chunkSizeFlag,
  fieldSelectorFlag,
  fileFlags,
  selectorFlag,
} from '../command/shared-flags.ts';
import { namesFiles } from '../objects/files.ts';
import { allObjects, find, type Query, withoutNotFound } from '../objects/find.ts';
import { type Info, isList, isTable, kindText, type Unstructured } from '../objects/info.ts';
import { type Refuse, sortObjects, sortTable } from '../objects/sort.ts';
import { columnsOf, columnsOfTemplate, columnsPrinter } from '../printers/custom-columns.ts';
import { formatNames, type Printer, printerOf, printFlags } from '../printers/formats.ts';
import { type Table, TablePrinter } from '../printers/table.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { note } from '../session/trace.ts';
import { stamp } from '../session/klog.ts';
import { type WatchEvent, watched } from '../objects/pages.ts';

const tableAccept =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to get'),
  'all-namespaces': allNamespacesFlag,
  'chunk-size': chunkSizeFlag,
  'field-selector': fieldSelectorFlag,
  'ignore-not-found': bool(false, 'Say nothing of named objects that are not there'),
  'label-columns': list('Labels to show in columns of their own', { short: 'L' }),
  'no-headers': bool(false, 'Leave the line of headers out'),
  'output-watch-events': bool(
    false,
    'With --watch: print the events themselves, present objects as ADDED',
  ),
  raw: text('', 'Path to ask the server for as it is'),
  selector: selectorFlag,
  'server-print': bool(true, 'Let the server say what the columns are'),
  'show-kind': bool(false, 'Put the kind before names'),
  'show-labels': bool(false, 'Show all labels in the last column'),
  'sort-by': text('', 'Sort by this field, a JSONPath such as .metadata.creationTimestamp'),
  subresource: text('', 'Subresource of the object to get'),
  watch: bool(false, 'Go on with the changes after the present objects', { short: 'w' }),
  'watch-only': bool(false, 'Show changes, without the present objects'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const { raw, output } = given;
  const watches = given.watch || given['watch-only'];
  if (raw) {
    if (args.length > 0) throw new Error('arguments may not be passed when --raw is specified');
    if (watches || given.selector)
      throw new Error(
        '--raw may not be specified with other flags that filter the server request or alter the output',
      );
    if (output) throw new Error('--raw and --output are mutually exclusive');
    if (!raw.startsWith('/'))
      throw new Error(
        `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
      );
  }
  if (given['show-labels'] && output && output !== 'wide')
    throw new Error(`--show-labels option cannot be used with ${output} printer`);
  if (given['output-watch-events'] && !watches)
    throw new Error('--output-watch-events option can only be used with --watch or --watch-only');
  return {
    ...given,
    args,
    watches,
    isTable: (output === '' && !given.template) || output === 'wide',
  };
}

/** `kubectl get`. */
export const get: Command = command({
  name: 'get',
  suggestFor: ['list', 'ls'],
  usage: `get [(-o|--output=)${[...formatNames, 'custom-columns', 'custom-columns-file', 'wide'].join('|')}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  summary: 'Show one or many resources',
  details:
    'Prints a table with what matters most of each object. Without --namespace or -A only the namespace of the present context is looked at.',
  examples: `  get pods                         # the pods of this namespace
  get pods -A -o wide              # of all namespaces, with nodes and addresses
  get deploy,svc -l app=shop       # two kinds by a label
  get pod/web-0 -o yaml            # one object, whole
  get events -w                    # changes as they come`,
  flags,
  complete,
  run,
  stopCode: ({ watches }) => (watches ? 1 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const { io } = session;
  if (options.raw) return io.out(await rawText(options.raw, session));
  if (options.args.length === 0 && !namesFiles(options) && !options.watches) {
    io.err(
      `You must specify the type of resource to get. Use "${session.program} api-resources" for a complete list of supported resources.\n\n`,
    );
    throw new UsageError(
      `Required resource not specified.\nUse "${session.program} explain <resource>" for a detailed description of that resource (e.g. ${session.program} explain pods).`,
    );
  }
  if (!options.isTable) printerFor(options); // wrong formats are told before anything is asked
  if (options.watches) return watch(options, session);
  const found = await find(session, queryOf(options));
  const { infos: all, errors } = await allObjects(
    found,
    options.isTable && !options['sort-by'] ? slim : undefined,
  );
  const infos =
    options.isTable && all.length > 1 && options['sort-by']
      ? sortObjects(all, options['sort-by'], ({ object }) => object, refusing(session))
      : all;
  const told = options['ignore-not-found'] ? withoutNotFound(errors) : errors;
  if (options.isTable) printTables(options, session, infos, told);
  else printWhole(options, session, infos, told, found.isSingle);
}

/** A Table with no more of its objects than is shown: thousands are held until the last page has come. */
function slim(info: Info): Info {
  if (!isTable(info.object!)) return info;
  const table = info.object as Table;
  const rows = table.rows?.map((row) => {
    const { namespace, labels } = row.object?.metadata ?? {};
    return { cells: row.cells, object: { metadata: { namespace, labels } } };
  });
  return { ...info, object: { ...table, rows } as Table };
}

/** A folder can be opened, and has no first line. */
const templateIn = (path: string): string => {
  try {
    return fileBytes(path, { before: `error reading template ${path}, ` }).toString();
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException).code === 'EISDIR') return '';
    throw error;
  }
};

/** Formats for which kubectl would have liked a Table of the server, which it tells from `-v=2` on. */
function noteNoTable({ output, 'server-print': isAsked }: Options, session: Session): void {
  if (isAsked && !/custom-columns|^yaml$|json/.test(output))
    note(session, 2, 'table_printer.go:45', noTable);
}

const noTable =
  'Unable to decode server response into a Table. Falling back to hardcoded types: attempt to decode non-Table object';

/** The formats that every command has, and columns that the user names. */
const printerFor = (options: Options): Printer =>
  printerOf(options, '', {
    'custom-columns': (spec) =>
      columnsPrinter(columnsOf(options.template || spec), options['no-headers']),
    'custom-columns-file': (path) =>
      columnsPrinter(
        columnsOfTemplate(templateIn(options.template || path)),
        options['no-headers'],
      ),
    wide: () => () => '',
  });

/** What the server answers, as it is; it knows of no resource in what it refuses. */
async function rawText(raw: string, session: Session): Promise<string> {
  const { pathname: path, searchParams } = new URL(raw, 'http://server');
  const query = Object.fromEntries(searchParams);
  try {
    const { body } = await session
      .rest()
      .stream({ method: 'GET', path, query, accept: accepts.builtIn, place: 'raw.go:84' });
    return await textOf(body);
  } catch (error) {
    const about = ` (get ${path})`;
    if (!(error instanceof ApiError) || !error.message.endsWith(about)) throw error;
    const words = error.message.slice(0, -about.length);
    throw new ApiError(error.code, error.reason, words, error.details, { cause: error });
  }
}

const queryOf = (options: Options): Query => ({
  args: options.args,
  files: options,
  labels: options.selector,
  fields: options['field-selector'],
  mayListAll: true,
  allNamespaces: options['all-namespaces'],
  subresource: options.subresource,
  chunkSize: options['sort-by'] ? 0 : options['chunk-size'],
  fetch: 'latest',
  ...(options.isTable &&
    options['server-print'] && {
      ...{ accept: tableAccept, keepsLists: true },
      ...(options['sort-by'] && { parameters: { includeObject: 'Object' } }),
    }),
});

/** Told as kubectl's log tells of its end. */
const refusing =
  ({ world }: Session): Refuse =>
  (words) =>
    new Exit(1, `F${stamp(world.clock.now()).slice(1)} ${words}`);

const sortedTable = (table: Table, options: Options, session: Session): Table | undefined =>
  options['sort-by'] ? sortTable(table, options['sort-by'], refusing(session)) : table;

function printTables(
  options: Options,
  session: Session,
  infos: readonly Info[],
  errors: readonly Error[],
): void {
  const { io } = session;
  const separated = separatedOut(io.out);
  const writer = new TabWriter(separated.write);
  const withKind =
    options['show-kind'] ||
    new Set(infos.map(({ resource }) => `${resource.group}/${resource.kind}`)).size > 1;
  let printer: TablePrinter | undefined;
  let last: Info['resource'] | undefined;
  for (const { resource, object } of infos) {
    if (!printer || resource !== last) {
      writer.flush();
      writer.forgetWidths();
      if (last && !options['no-headers'] && separated.written() > 0) separated.separate();
      printer = new TablePrinter({
        noHeaders: options['no-headers'],
        isWide: options.output === 'wide',
        withNamespace: options['all-namespaces'] && resource.namespaced,
        withKind: withKind ? kindText(resource) : '',
        showLabels: options['show-labels'],
        columnLabels: options['label-columns'],
      });
      last = resource;
    }
    const table = sortedTable(tableOf(object!), options, session);
    if (table) printer.print(table, writer);
  }
  writer.flush();
  if (separated.written() === 0 && !options['ignore-not-found'] && errors.length === 0)
    io.err(
      !options['all-namespaces'] && infos.every(({ resource }) => resource.namespaced)
        ? `No resources found in ${session.namespace().name} namespace.\n`
        : 'No resources found\n',
    );
  if (errors.length > 0) throw new Failures(errors); // one, too, is told as one of several
}

/** Output that can be told to begin its next piece with an empty line. */
function separatedOut(out: (text: string) => void): {
  readonly write: (text: string) => void;
  readonly separate: () => void;
  readonly written: () => number;
} {
  let isDue = false;
  let written = 0;
  return {
    write: (piece) => {
      if (piece === '') return;
      out(isDue ? `\n${piece}` : piece);
      isDue = false;
      written += piece.length;
    },
    separate: () => void (isDue = true),
    written: () => written,
  };
}

/** Servers that make no Tables, and objects that came whole, get name and age. */
function tableOf(object: Unstructured): Table {
  if (isTable(object)) return object as Table;
  const objects = isList(object) ? (object['items'] as readonly Unstructured[]) : [object];
  return {
    ...({ apiVersion: 'meta.k8s.io/v1', kind: 'Table', metadata: {} } as unknown as Unstructured),
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Created At', type: 'date' },
    ],
    rows: objects.map((each) => ({
      cells: [each.metadata.name, each.metadata.creationTimestamp],
      object: each,
    })),
  };
}

function printWhole(
  options: Options,
  session: Session,
  infos: readonly Info[],
  errors: readonly Error[],
  isSingle: boolean,
): void {
  if (isSingle && errors.length > 0) throwAll(errors);
  if (infos.length === 0 && options['ignore-not-found']) return throwAll(errors);
  const one = isSingle && infos.length === 1 ? infos[0]!.object! : undefined;
  const items = one ? (isList(one) ? one['items'] : undefined) : infos.map(({ object }) => object);
  const by = options['sort-by'];
  const sorted =
    by && items
      ? sortObjects(items as readonly Unstructured[], by, (item) => item, refusing(session))
      : items;
  const shown = sorted
    ? { apiVersion: 'v1', items: sorted, kind: 'List', metadata: { resourceVersion: '' } }
    : one!;
  noteNoTable(options, session);
  session.io.out(printerFor(options)(shown as unknown as Unstructured));
  throwAll(errors);
}

async function watch(options: Options, session: Session): Promise<void> {
  if (options['sort-by'])
    session.io.err(
      options.watch
        ? 'warning: --watch requested, --sort-by will be ignored for watch events received\n'
        : 'warning: --watch-only requested, --sort-by will be ignored\n',
    );
  const query: Query = { ...queryOf(options), singleResource: true, keepsLists: true };
  const { infos, errors } = await allObjects(await find(session, query));
  throwAll(options['ignore-not-found'] ? withoutNotFound(errors) : errors);
  const info = infos[0];
  if (!info) return;
  const writer = new TabWriter(session.io.out);
  const show = shower(options, info, writer, session);
  const isOne = info.name !== '';
  if (!options['watch-only'])
    for (const each of infos)
      show(options['output-watch-events'] ? 'ADDED' : undefined, each.object!);
  writer.flush();
  const version = isOne ? '0' : (infos.at(-1)!.object!.metadata.resourceVersion ?? '');
  let isFirst = isOne; // a watch of one object begins with what was shown already
  for await (const event of events(options, session, info, version)) {
    if (event.type === 'ERROR') throw ApiError.fromStatus(event.object as never);
    if (!isFirst) show(options['output-watch-events'] ? event.type : undefined, event.object);
    isFirst = false;
    writer.flush();
  }
}

function shower(
  options: Options,
  { resource }: Info,
  writer: TabWriter,
  session: Session,
): (event: string | undefined, object: Unstructured) => void {
  if (!options.isTable) {
    const print = printerFor(options);
    return (event, object) => {
      noteNoTable(options, session);
      session.io.out(
        print(event === undefined ? object : ({ type: event, object } as unknown as Unstructured)),
      );
    };
  }
  const printer = new TablePrinter({
    noHeaders: options['no-headers'],
    isWide: options.output === 'wide',
    withNamespace: options['all-namespaces'] && resource.namespaced,
    withKind: options['show-kind'] ? kindText(resource) : '',
    showLabels: options['show-labels'],
    columnLabels: options['label-columns'],
  });
  return (event, object) => {
    const table = sortedTable(tableOf(object), options, session);
    if (table) printer.print(table, writer, event);
  };
}

function events(
  options: Options,
  session: Session,
  info: Info,
  resourceVersion: string,
): AsyncGenerator<WatchEvent> {
  const { resource, namespace, name } = info;
  return watched(session, {
    path: pathOf(resource, { namespace }),
    query: {
      resourceVersion,
      ...(name
        ? { fieldSelector: `metadata.name=${name}` }
        : { ...(options['field-selector'] && { fieldSelector: options['field-selector'] }) }),
      ...(options.selector && { labelSelector: options.selector }),
    },
    ...(options.isTable && options['server-print'] && { accept: tableAccept }),
  });
}
