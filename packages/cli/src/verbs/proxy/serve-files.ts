import { createReadStream, readdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, posix } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
};

/** Answers in Go's words for a bare status. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${text}\n`);
}

/** Serves what stands at `path` below `folder`: a file, a folder's index.html, or the names in a folder. */
export function serveFile(response: ServerResponse, folder: string, path: string): void {
  let inside: string;
  try {
    inside = posix.normalize(`/${decodeURIComponent(path)}`);
  } catch {
    return answerText(response, 400, 'Bad Request');
  }
  const stat = statSync(join(folder, inside), { throwIfNoEntry: false });
  if (!stat) return answerText(response, 404, '404 page not found');
  if (!stat.isDirectory()) return send(response, join(folder, inside));
  if (!path.endsWith('/') && path !== '') {
    response.writeHead(301, { Location: `${posix.basename(inside)}/` });
    response.end();
    return;
  }
  const index = join(folder, inside, 'index.html');
  if (statSync(index, { throwIfNoEntry: false })?.isFile()) return send(response, index);
  const names = readdirSync(join(folder, inside), { withFileTypes: true })
    .map((each) => (each.isDirectory() ? `${each.name}/` : each.name))
    .toSorted();
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    `<pre>\n${names.map((name) => `<a href="${href(name)}">${shown(name)}</a>\n`).join('')}</pre>\n`,
  );
}

const href = (name: string): string => encodeURIComponent(name).replaceAll('%2F', '/');
const shown = (name: string): string =>
  name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function send(response: ServerResponse, path: string): void {
  const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const file = createReadStream(path);
  file.on('open', () => response.writeHead(200, { 'Content-Type': type }));
  file.on('error', () => {
    if (response.headersSent) response.destroy();
    else answerText(response, 500, 'Internal Server Error');
  });
  file.pipe(response);
}
