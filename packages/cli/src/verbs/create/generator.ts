import { groupVersion, type Resource } from '@coxswain/api';
import { type Command, command, type Words } from '../../command/command.ts';
import { UsageError } from '../../command/failure.ts';
import type { Flags, Given } from '../../command/flags.ts';
import {
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
  saveConfigFlag,
  validateFlag,
  validationOf,
} from '../../command/write-flags.ts';
import type { Unstructured } from '../../objects/info.ts';
import { builtIn, typed, typedJson } from '../../objects/typed.ts';
import { create, withSavedConfig } from '../../objects/write.ts';
import {
  type Printer,
  type PrintFlags,
  printFlags,
  resultPrinter,
} from '../../printers/formats.ts';
import { accepts } from '../../session/media.ts';
import type { FieldOrder } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';

/** What a generator is given: its flags, the name, and the words behind `--`. */
export interface Wish<F extends Flags = Flags> extends Given<F> {
  readonly name: string;
  readonly command: readonly string[];
}

/** An object to create, without kind and namespace. */
export interface Draft {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** One `create KIND`: its own flags, and the object that they ask for. */
export interface Generator<F extends Flags = Flags> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly examples: string;
  readonly flags: F;
  readonly resource: Resource;
  /** Refuses what does not go together. */
  readonly check?: (wish: Wish<F>) => void;
  readonly draft: (wish: Wish<F>, session: Session) => Draft | Promise<Draft>;
  /** What stands before the server's words when it refuses; nothing where they are told as they are. */
  readonly failure?: string;
}

const commonFlags = {
  ...printFlags,
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-create'),
  'save-config': saveConfigFlag,
  validate: validateFlag,
};

type Common = Given<typeof commonFlags>['flags'];

/** How a generated object is written and shown. */
export interface WriteAs extends PrintFlags {
  readonly 'dry-run': string;
  readonly 'field-manager': string;
  readonly 'save-config': boolean;
  readonly validate?: string;
}

/** The one NAME of the line. Throws when there is none or more; `--` ends names. */
export function nameOf({ args, dash }: Pick<Words, 'args' | 'dash'>): string {
  const count = dash < 0 ? args.length : dash;
  if (count !== 1) throw new UsageError(`exactly one NAME is required, got ${count}`);
  return args[0]!;
}

/** Refuses an empty name. */
export function needName({ name }: Pick<Wish, 'name'>): void {
  if (!name) throw new Error('name must be specified');
}

/** The command of a generator. */
export function generatorCommand<F extends Flags>(generator: Generator<F>): Command {
  const flags: Flags = { ...commonFlags, ...generator.flags };
  const { name, aliases, usage, summary, details, examples } = generator;
  return command({
    ...{ name, usage, summary, examples, flags },
    ...(aliases && { aliases }),
    ...(details && { details }),
    complete: (words) => {
      const wish = { ...words, name: nameOf(words), command: words.args.slice(1) } as Wish<F>;
      dryRunOf((words.flags as Common)['dry-run']);
      validationOf((words.flags as Common).validate);
      generator.check?.(wish);
      return wish;
    },
    run: async (wish, session) => {
      const given = wish.flags as unknown as Common;
      const draft = await generator.draft(wish, session);
      const made = await written(session, generator.resource, draft, given, {
        failure: generator.failure,
        accept: accepts.typed,
      });
      session.io.out(printed(made, given));
    },
  });
}

/** What differs between those who create generated objects. */
export interface WriteForm {
  /** Stands before the server's words when it refuses; nothing where they are told as they are. */
  readonly failure?: string | undefined;
  /** An object that is only shown has no saved configuration, and one that is sent not the namespace of the line. */
  readonly isSparse?: true;
  /** What the client takes that creates it; it sends the same. */
  readonly accept?: string;
  readonly order?: FieldOrder;
  /** A last word on the object. */
  readonly change?: (object: Unstructured) => Unstructured;
}

/** Creates what a draft says, or only shows what it would be; gives the object as it is then. */
export async function written(
  session: Session,
  resource: Resource,
  draft: Draft,
  given: WriteAs,
  { failure, isSparse, order, accept = accepts.builtIn, change = (same) => same }: WriteForm = {},
): Promise<Unstructured> {
  const dryRun = dryRunOf(given['dry-run']);
  const { name: namespace, isExplicit } = session.namespace();
  const isShown = dryRun === 'client';
  const isPlaced = resource.namespaced && isExplicit && (isShown || !isSparse);
  const plain = change(typed({ ...draft, ...kindOf(resource) }));
  const object = isPlaced ? typed({ ...plain, metadata: { ...plain.metadata, namespace } }) : plain;
  if (isShown && isSparse) return object;
  const annotated = typed(withSavedConfig(object, given['save-config'], typedJson));
  if (isShown) return annotated;
  const at = { namespace, name: '', subresource: '', source: '', accept };
  try {
    const made = await create(
      session,
      { ...at, resource: builtIn(resource), object: annotated },
      {
        dryRun,
        fieldManager: given['field-manager'],
        ...(order && { order }),
        ...(given.validate !== undefined && { validation: validationOf(given.validate) }),
      },
    );
    return typed(made.object!);
  } catch (cause) {
    if (!failure) throw cause;
    throw new Error(`${failure}${(cause as Error).message}`, { cause });
  }
}

const kindOf = (resource: Resource): { apiVersion: string; kind: string } => ({
  apiVersion: groupVersion(resource),
  kind: resource.kind,
});

/** Prints created objects. */
export const createdPrinter = (given: WriteAs, operation = 'created'): Printer =>
  resultPrinter(given, operationText(operation, dryRunOf(given['dry-run'])), 'struct');

/** What is printed of one created object. */
export const printed = (object: Unstructured, given: WriteAs, operation?: string): string =>
  createdPrinter(given, operation)(object);
