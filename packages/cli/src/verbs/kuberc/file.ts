import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encodeYaml, parseYaml } from '@coxswain/api';
import { kubercPath, type Preference } from '../../kuberc/preference.ts';
import type { Session } from '../../session/session.ts';

/** The file to show or change. */
export function placeOf(session: Session): NonNullable<ReturnType<typeof kubercPath>> {
  const place = kubercPath(session.global.kuberc, session.env);
  if (!place) throw new Error('KUBERC is disabled via KUBERC=off environment variable');
  return place;
}

/** What the file holds; undefined where there is none. */
export function readFile(path: string): Preference | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`error reading kuberc file: open ${path}: permission denied`, { cause });
  }
  try {
    return (parseYaml(text).value ?? undefined) as Preference | undefined;
  } catch (cause) {
    throw new Error(`error parsing kuberc file: ${(cause as Error).message}`, { cause });
  }
}

/** Both lists are always there when it is shown or written. */
export const whole = (
  { apiVersion, kind, aliases, defaults, ...rest }: Preference,
  empty: readonly [] | null,
): Preference => ({
  ...{ aliases: aliases ?? empty, apiVersion, ...rest, defaults: defaults ?? empty, kind },
});

/** Writes the file, and says so. */
export function save(preference: Preference, path: string, { io }: Session): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, encodeYaml(whole(preference, null)), { mode: 0o644 });
  io.out(`Updated ${path}\n`);
}
