import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../../session/session.ts';
import { note } from '../../session/trace.ts';

/** What an editor left behind, and where. */
export interface Edited {
  readonly text: string;
  readonly path: string;
}

/** Opens a new file with a text in the user's editor; gives what it holds when the editor has ended. */
export async function openEditor(text: string, suffix: string, session: Session): Promise<Edited> {
  const path = newFile(`${session.program}-edit-`, suffix);
  writeFileSync(path, text, { mode: 0o600 });
  await launch(path, session);
  const edited = readFileSync(path, 'utf8');
  note(session, 4, 'editoptions.go:310', `User edited:\n${edited}`);
  return { text: edited, path };
}

/** A path of the system's folder for such files that nobody has yet. */
function newFile(prefix: string, suffix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const path = `${folder}${suffix}`;
  const inside = join(folder, 'file');
  writeFileSync(inside, '', { mode: 0o600 });
  renameSync(inside, path);
  rmSync(folder, { recursive: true });
  return path;
}

/** The words that start the editor on a file: through a shell where they hold quotes. */
export function editorWords(env: NodeJS.ProcessEnv, path: string): readonly string[] {
  const editor = env['KUBE_EDITOR'] || env['EDITOR'] || 'vi';
  return /["'\\]/.test(editor) && editor.includes(' ')
    ? [env['SHELL'] || '/bin/bash', '-c', `${editor} ${JSON.stringify(path)}`]
    : [...editor.split(' '), path];
}

/** The editor has the terminal to itself until it ends. */
async function launch(path: string, session: Session): Promise<void> {
  const { env, cwd, io, signal } = session;
  const [program = '', ...words] = editorWords(env, path);
  const opened = [program, ...words].join(' ');
  note(session, 5, 'launcher_others.go:61', `Opening file with editor [${opened}]`);
  const shown = JSON.stringify(
    [
      program,
      ...words.slice(0, -1),
      ...(words[0] === '-c' ? [env['KUBE_EDITOR'] || env['EDITOR']] : []),
    ].join(' '),
  );
  using _terminal = io.terminal.lend();
  await new Promise<void>((done, fail) => {
    const child = spawn(program, words, { cwd, env, signal, stdio: 'inherit' });
    child.on('error', (cause: NodeJS.ErrnoException) =>
      fail(
        cause.code === 'ENOENT'
          ? new Error(`unable to launch the editor ${shown}`, { cause })
          : new Error(`there was a problem with the editor ${shown}`, { cause }),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`there was a problem with the editor ${shown}`));
    });
  });
}
