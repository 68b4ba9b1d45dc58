import { encodeYaml } from '@coxswain/api';
import { bool, type Flag, text } from '../command/flags.ts';
import { isList, kindText, type Unstructured } from '../objects/info.ts';
import { goJson } from './go-json.ts';

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
type Format = (flags: PrintFlags, argument: string, operation: string) => Printer;

const formats: Readonly<Record<string, Format>> = {
  json: (flags) => {
    const stripped = omitting(flags);
    return (object) => `${goJson(stripped(object), '    ')}\n`;
  },
  yaml: (flags) => {
    const stripped = omitting(flags);
    let count = 0;
    return (object) => `${count++ > 0 ? '---\n' : ''}${encodeYaml(stripped(object))}`;
  },
  name: (_flags, _argument, operation) => (object) => nameLines(object, operation),
};

/** Formats that every printing command takes, in the order of usage lines. */
export const formatNames: readonly string[] = Object.keys(formats);

/** The printer for `-o`. Throws for formats that are none; `more` are those which the command knows beside. */
export function printerOf(
  flags: PrintFlags,
  operation = '',
  more: readonly string[] = [],
): Printer {
  const equals = flags.output.indexOf('=');
  const name = equals < 0 ? flags.output : flags.output.slice(0, equals);
  const format = formats[name];
  if (!format)
    throw new Error(
      `unable to match a printer suitable for the output format ${JSON.stringify(flags.output)}, allowed formats are: ${[...formatNames, ...more].toSorted().join(',')}`,
    );
  return format(flags, equals < 0 ? '' : flags.output.slice(equals + 1), operation);
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
