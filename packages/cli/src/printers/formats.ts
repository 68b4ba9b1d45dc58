import { encodeYaml, goQuoted } from '@coxswain/api';
import { fileBytes } from '../command/file-faults.ts';
import { HalfPrinted } from '../command/failure.ts';
import { bool, type Flag, text } from '../command/flags.ts';
import { isList, kindText, type Unstructured } from '../objects/info.ts';
import { type ExecutionError, goTemplate } from '../go-template/run.ts';
import { jsonPath } from '../jsonpath/index.ts';
import { type FieldOrder, goJson } from './go-json.ts';
import { goSyntax, goText } from './go-text.ts';
import { kyaml } from './kyaml.ts';

/** Turns objects into text, one after the other: a second document may begin with a separator. */
export type Printer = (object: Unstructured) => string;

/** Flags of every command that prints objects. */
export const printFlags: { readonly [K in keyof PrintFlags]: Flag<PrintFlags[K]> } = {
  output: text('', 'Output format: one of the formats named in the usage', { short: 'o' }),
  template: text(
    '',
    'Template, or the file with it, for the formats go-template and go-template-file',
  ),
  'allow-missing-template-keys': bool(true, 'Leave out what a template names and the object lacks'),
  'show-managed-fields': bool(false, 'Keep managedFields in JSON and YAML'),
};

export interface PrintFlags {
  readonly output: string;
  readonly template: string;
  readonly 'allow-missing-template-keys': boolean;
  readonly 'show-managed-fields': boolean;
}

/** One output format: what follows `=`, and the flags, make a printer. */
type Format = (
  flags: PrintFlags,
  argument: string,
  operation: string,
  order: FieldOrder,
) => Printer;

const formats: Readonly<Record<string, Format>> = {
  json: (flags, _argument, _operation, order) => {
    const stripped = omitting(flags);
    return (object) => `${goJson(stripped(object), '    ', '', order)}\n`;
  },
  yaml: (flags) => {
    const stripped = omitting(flags);
    let count = 0;
    return (object) => `${count++ > 0 ? '---\n' : ''}${encodeYaml(stripped(object))}`;
  },
  kyaml: (flags, _argument, _operation, order) => {
    const stripped = omitting(flags);
    return (object) => kyaml(stripped(object), order);
  },
  name: (_flags, _argument, operation) => (object) => nameLines(object, operation),
  'go-template': (flags, argument) => goPrinter(flags, given(flags, argument)),
  'go-template-file': (flags, argument) => goPrinter(flags, fileText(given(flags, argument))),
  template: (flags, argument) => goPrinter(flags, given(flags, argument)),
  templatefile: (flags, argument) => goPrinter(flags, fileText(given(flags, argument))),
  jsonpath: (flags, argument) => pathPrinter(flags, given(flags, argument), 'text'),
  'jsonpath-as-json': (flags, argument) => pathPrinter(flags, given(flags, argument), 'json'),
  'jsonpath-file': (flags, argument) =>
    pathPrinter(flags, fileText(given(flags, argument)), 'text'),
};

/** Formats that every printing command takes, in the order of usage lines. */
export const formatNames: readonly string[] = Object.keys(formats);

/** The formats of `names` that are to be had: KYAML can be turned off. */
export const offered = (names: readonly string[]): readonly string[] =>
  process.env['KUBECTL_KYAML']?.toLowerCase() === 'false'
    ? names.filter((name) => name !== 'kyaml')
    : names;

/** Formats that take nothing behind `=`. */
const bare: ReadonlySet<string> = new Set(['json', 'kyaml', 'name', 'wide', 'yaml']);

/** The printer for `-o`. Throws for formats that are none; `more` are those which the command knows beside. */
export function printerOf(
  flags: PrintFlags,
  operation = '',
  more: Readonly<Record<string, (argument: string) => Printer>> = {},
  order: FieldOrder = 'map',
): Printer {
  const output = flags.output === '' && flags.template !== '' ? 'go-template' : flags.output;
  const equals = output.indexOf('=');
  const name = equals < 0 ? output : output.slice(0, equals);
  const argument = equals < 0 ? '' : output.slice(equals + 1);
  const hasTooMuch = equals >= 0 && bare.has(name);
  const own = hasTooMuch ? undefined : more[name];
  if (own) return own(argument);
  const names = offered(formatNames);
  const format = names.includes(name) && !hasTooMuch ? formats[name] : undefined;
  if (format) return format(flags, argument, operation, order);
  const allowed = [...new Set([...names, ...Object.keys(more)])].toSorted().join(',');
  throw new Error(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed}`,
  );
}

/** What a write prints: the object as `-o` wants it, `pod/web created` without. */
export const resultPrinter = (
  flags: PrintFlags,
  operation: string,
  order: FieldOrder = 'map',
): Printer =>
  flags.output || flags.template
    ? printerOf(flags, '', {}, order)
    : printerOf({ ...flags, output: 'name' }, operation);

/** `--template` goes before what stands behind the format. */
function given({ template }: PrintFlags, argument: string): string {
  const text = template || argument;
  if (!text) throw new Error('template format specified but no template given');
  return text;
}

const fileText = (path: string): string =>
  fileBytes(path, { before: `error reading --template ${path}, ` }).toString();

function pathPrinter(flags: PrintFlags, template: string, form: 'text' | 'json'): Printer {
  const path = parsed('jsonpath', template, () =>
    jsonPath(template, { allowMissing: flags['allow-missing-template-keys'] }),
  );
  return (object) => {
    try {
      return path[form](object);
    } catch (cause) {
      const words = `Error executing template: ${(cause as Error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`;
      throw new Error(`error executing jsonpath ${JSON.stringify(template)}: ${words}\n`, {
        cause,
      });
    }
  };
}

function goPrinter(flags: PrintFlags, template: string): Printer {
  const fill = parsed('template', template, () =>
    goTemplate(template, flags['allow-missing-template-keys']),
  );
  return (object) => {
    try {
      return fill(object);
    } catch (cause) {
      const { message, printed } = cause as ExecutionError;
      const told = `Error executing template: ${message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\traw data was:\n\t\t${goJson(object)}\n\tobject given to template engine was:\n\t\t${goText(object)}\n\n`;
      throw new HalfPrinted(
        `error executing template ${goQuoted(template)}: ${message}`,
        printed + told,
      );
    }
  };
}

function parsed<T>(what: string, template: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Error(`error parsing ${what} ${template}, ${(cause as Error).message}`, { cause });
  }
}

function omitting({
  'show-managed-fields': shows,
}: PrintFlags): (object: Unstructured) => Unstructured {
  const strip = (object: Unstructured): Unstructured => {
    const { managedFields: _, ...metadata } = (object.metadata ?? {}) as {
      managedFields?: unknown;
    };
    const stripped = object.metadata ? { ...object, metadata } : object;
    return (
      isList(object)
        ? { ...stripped, items: (object['items'] as Unstructured[]).map(strip) }
        : stripped
    ) as Unstructured;
  };
  return shows ? (object) => object : strip;
}

/** `pod/web created`, a line each. */
function nameLines(object: Unstructured, operation: string): string {
  if (isList(object))
    return (object['items'] as Unstructured[]).map((item) => nameLines(item, operation)).join('');
  const [, group = ''] = (object.apiVersion ?? '').split('/').toReversed();
  const name = object.metadata?.name || '<unknown>';
  return `${kindText({ kind: object.kind ?? '', group })}/${name}${operation && ` ${operation}`}\n`;
}
