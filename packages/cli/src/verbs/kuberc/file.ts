import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encodeYaml, parseYaml } from '@coxswain/api';
import { fileBytes, isMissing } from '../../command/file-faults.ts';
import { globalFlags } from '../../config/overrides.ts';
import { kubercPath, type OptionDefault, type Preference } from '../../kuberc/preference.ts';
import type { Session } from '../../session/session.ts';

/** The flag of every command, which help shows where it is what the command is about. */
export const kubercFlag: Pick<typeof globalFlags, 'kuberc'> = { kuberc: globalFlags.kuberc };

/** The file to show or change. */
export function placeOf(
  given: string,
  session: Session,
): NonNullable<ReturnType<typeof kubercPath>> {
  const place = kubercPath(given, session.env);
  if (!place) throw new Error('KUBERC is disabled via KUBERC=off environment variable');
  return place;
}

/** What the file holds; undefined where there is none. */
export function readFile(path: string): Preference | undefined {
  let text: string;
  try {
    text = fileBytes(path, { before: 'error reading kuberc file: ' }).toString();
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
  try {
    return (parseYaml(text).value ?? undefined) as Preference | undefined;
  } catch (cause) {
    throw new Error(`error parsing kuberc file: ${(cause as Error).message}`, { cause });
  }
}

const options = (given: readonly OptionDefault[]): readonly OptionDefault[] =>
  given.map(({ name, default: value, ...rest }) => ({ name, default: value, ...rest }));

/** The preferences with their fields in Go's order, and both lists there though they are empty. */
export const whole = (
  { kind, apiVersion, defaults, aliases, ...plugins }: Preference,
  empty: readonly [] | null,
): Preference => {
  const { credentialPluginPolicy, credentialPluginAllowlist, ...rest } = plugins;
  return {
    ...{ kind, apiVersion },
    defaults:
      defaults?.map(({ command, options: own, ...others }) => ({
        ...{ command, options: own && options(own), ...others },
      })) ?? empty,
    aliases:
      aliases?.map(({ name, command, prependArgs, appendArgs, options: own, ...others }) => ({
        ...{ name, command },
        ...(prependArgs && { prependArgs }),
        ...(appendArgs && { appendArgs }),
        ...(own && { options: options(own) }),
        ...others,
      })) ?? empty,
    ...(credentialPluginPolicy && { credentialPluginPolicy }),
    ...(credentialPluginAllowlist && { credentialPluginAllowlist }),
    ...rest,
  };
};

/** Writes the file, and says so. */
export function save(preference: Preference, path: string, { io }: Session): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, encodeYaml(whole(preference, null)), { mode: 0o644 });
  io.out(`Updated ${path}\n`);
}
