import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { type KubeletHandler, textAnswer } from './request.ts';

/** `/logs/`: the machine's own logs, folders as lists of links. */
export const systemLogs: KubeletHandler = async ({ path }, _parts, { systemLogs: root }) => {
  const missing = textAnswer(404, '404 page not found\n');
  if (root === undefined) return missing;
  const asked = join(root, normalize(`/${path.slice('/logs'.length)}`));
  try {
    // No link leads out of the folder.
    const [real, top] = await Promise.all([realpath(asked), realpath(root)]);
    if (real !== top && !real.startsWith(top + sep)) return missing;
    const found = await stat(real);
    if (found.isDirectory())
      return textAnswer(200, await listing(real), 'text/html; charset=utf-8');
    if (!found.isFile()) return missing;
    return {
      as: 'stream',
      status: 200,
      headers: [['Content-Type', 'text/plain; charset=utf-8']],
      body: createReadStream(real, { end: found.size - 1, start: 0 }) as AsyncIterable<Uint8Array>,
    };
  } catch {
    return missing;
  }
};

async function listing(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map((each) => (each.isDirectory() ? `${each.name}/` : each.name));
  const lines = names
    .toSorted()
    .map((name) => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`);
  return `<pre>\n${lines.join('')}</pre>\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
