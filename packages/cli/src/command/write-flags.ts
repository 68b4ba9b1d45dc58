import type { DeleteOptions, DryRun } from '../objects/write.ts';
import type { Session } from '../session/session.ts';
import { stamp } from '../session/klog.ts';
import { bool, boolOf, type Flag, text } from './flags.ts';

export const dryRunFlag: Flag<string> = text(
  'none',
  'none, client or server: with client nothing is sent, with server nothing is kept',
  { bare: 'unchanged', warn: warnOfDryRun },
);

const asBool = (given: string): boolean | undefined => {
  try {
    return boolOf(given);
  } catch {
    return undefined;
  }
};

/** What `--dry-run` means; older spellings are taken with a warning as the logs of kubectl write it. */
export function dryRunOf(given: string): DryRun {
  if (given === 'none' || given === 'client' || given === 'server') return given;
  if (given === 'unchanged') return 'client';
  const is = asBool(given);
  if (is === undefined)
    throw new Error(`Invalid dry-run value (${given}). Must be "none", "server", or "client".`);
  return is ? 'client' : 'none';
}

function warnOfDryRun(given: string, { warn, world }: Session): void {
  const is = asBool(given);
  if (given !== 'unchanged' && is === undefined) return;
  const words =
    is === undefined
      ? '--dry-run is deprecated and can be replaced with --dry-run=client.'
      : `--dry-run=${given} is deprecated (boolean value) and can be replaced with --dry-run=${is ? 'client' : 'none'}.`;
  warn(`W${stamp(world.clock.now()).slice(1)} helpers.go:719] ${words}\n`);
}

/** `--cascade`; to ask for it by true or false is an older spelling. */
export const cascadeFlag = (help: string): Flag<string> =>
  text('background', help, { bare: 'background', warn: warnOfCascade });

const propagations: Readonly<Record<string, NonNullable<DeleteOptions['propagationPolicy']>>> = {
  ...{ background: 'Background', foreground: 'Foreground', orphan: 'Orphan' },
};

/** What `--cascade` asks for. */
export function propagationOf(cascade: string): NonNullable<DeleteOptions['propagationPolicy']> {
  const found = propagations[cascade];
  if (found) return found;
  try {
    return boolOf(cascade) ? 'Background' : 'Orphan';
  } catch (cause) {
    throw new Error(
      `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
      { cause },
    );
  }
}

function warnOfCascade(cascade: string, { io }: Session): void {
  if (!propagations[cascade])
    io.err(
      `warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${propagationOf(cascade).toLowerCase()}.\n`,
    );
}

export const validateFlag: Flag<string> = text(
  'strict',
  'strict (or true), warn, or ignore (or false): what is done about fields that the server does not know',
  { bare: 'strict' },
);

const validations: Readonly<Record<string, string>> = {
  strict: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
};

/** What `--validate` asks the server for. */
export function validationOf(given: string): string {
  const is = asBool(given);
  if (is !== undefined) return is ? 'Strict' : 'Ignore';
  const found = validations[given];
  if (!found)
    throw new Error(
      `invalid - validate option ${JSON.stringify(given)}; must be one of: strict (or true), warn, ignore (or false)`,
    );
  return found;
}

export const saveConfigFlag: Flag<boolean> = bool(
  false,
  'Write the configuration into an annotation, for a later apply',
);

export const fieldManagerFlag = (value: string): Flag<string> =>
  text(value, 'Name under which the fields are owned');

/** `created`, `created (dry run)`, `created (server dry run)`. */
export const operationText = (operation: string, dryRun: DryRun): string =>
  operation &&
  { none: operation, client: `${operation} (dry run)`, server: `${operation} (server dry run)` }[
    dryRun
  ];
