import { rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool, duration, int, text } from '../../command/flags.ts';
import type { Session } from '../../session/session.ts';
import { stamp } from '../../session/klog.ts';
import { hostAndPort, listenFailure } from '../../streams/listen.ts';
import { accepts, patternsOf, type RequestFilter } from './filter.ts';
import { type ApiProxy, apiProxy, failed } from './serve-api.ts';
import { answerText, serveFile } from './serve-files.ts';

const defaultPort = 8001;

const flags = {
  'accept-hosts': text(
    '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$',
    'Patterns of hosts that requests may be for',
  ),
  'accept-paths': text('^.*', 'Patterns of paths that are passed on'),
  address: text('127.0.0.1', 'Address to listen at'),
  'api-prefix': text('/', 'What stands before the paths of the API'),
  'append-server-path': bool(false, 'Put the path of the server before each path'),
  'disable-filter': bool(
    false,
    'Pass everything on: other sites can then send requests through a browser',
  ),
  keepalive: duration('0s', 'How often quiet connections are probed; 0 for not at all'),
  port: int(defaultPort, 'Port to listen at; 0 for any that is free', { short: 'p' }),
  'reject-methods': text('^$', 'Patterns of methods that are not passed on'),
  'reject-paths': text(
    '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
    'Patterns of paths that are not passed on, whatever accepts them',
  ),
  'unix-socket': text('', 'Socket to listen at instead', { short: 'u' }),
  www: text('', 'Folder to serve files of beside', { short: 'w' }),
  'www-prefix': text('/static/', 'What stands before the paths of files', { short: 'P' }),
};

type Options = ReturnType<typeof complete>;

const withSlash = (prefix: string): string => (prefix.endsWith('/') ? prefix : `${prefix}/`);

function complete({ flags: given }: Words<typeof flags>) {
  const filter: RequestFilter | undefined = given['disable-filter']
    ? undefined
    : {
        acceptPaths: patternsOf(given['accept-paths']),
        rejectPaths: patternsOf(given['reject-paths']),
        acceptHosts: patternsOf(given['accept-hosts']),
        rejectMethods: patternsOf(given['reject-methods']),
      };
  return {
    ...given,
    filter,
    apiPrefix: withSlash(given['api-prefix']),
    filePrefix: withSlash(given['www-prefix']),
  };
}

/** `kubectl proxy`. */
export const proxy: Command = command({
  name: 'proxy',
  usage: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  summary: 'Serve the API on a local port without any sign-in',
  details:
    'Whoever reaches the port does what they do as you: listen at addresses that only you can reach.',
  examples: `  proxy                                 # http://127.0.0.1:8001/api/
  proxy --port=0 --api-prefix=/k8s/     # any free port; the API is below /k8s/
  proxy -w site -P /www/                # files beside it
  proxy --unix-socket=/tmp/api.sock`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const { server, base } = await session.rest().reach('GET');
  warn(options, session, new URL(server.url).pathname);
  if (options.port !== defaultPort && options['unix-socket'])
    throw new Error('cannot set --unix-socket and --port at the same time');
  const api = apiProxy(session, options['append-server-path'] ? base : '');
  const http = createServer();
  http.on('request', (request, response) => serve(options, session, api, request, response));
  http.on('upgrade', (request, socket, head) => {
    const path = admitted(options, request);
    if (path === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    api.upgrade(request, socket, head, path).catch((error: Error) => {
      tell(session, error);
      socket.end(`HTTP/1.1 500 Internal Server Error\r\n\r\n${error.message}\n`);
    });
  });
  if (options.keepalive > 0)
    http.on('connection', (socket) => socket.setKeepAlive(true, options.keepalive));
  const place = await listen(http, options, session);
  session.io.out(`Starting to serve on ${place}\n`);
  await stopped(http, options, session);
}

/** What stands behind the prefix of the API; undefined for what is not passed on. */
function admitted({ apiPrefix, filter }: Options, request: IncomingMessage): string | undefined {
  const url = request.url ?? '/';
  if (!url.startsWith(apiPrefix)) return undefined;
  const rest = apiPrefix.startsWith('/api') ? url : `/${url.slice(apiPrefix.length)}`;
  const [path = ''] = rest.split('?');
  const { method = 'GET' } = request;
  const isWelcome = !filter || accepts(filter, { method, path, host: request.headers.host ?? '' });
  return isWelcome ? rest : undefined;
}

function serve(
  options: Options,
  session: Session,
  api: ApiProxy,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { www, filePrefix, apiPrefix } = options;
  const [path = ''] = (request.url ?? '/').split('?');
  // The longer of two prefixes is the one that is meant.
  const isFile =
    www !== '' &&
    path.startsWith(filePrefix) &&
    (!path.startsWith(apiPrefix) || filePrefix.length > apiPrefix.length);
  if (isFile) return serveFile(response, resolve(session.cwd, www), path.slice(filePrefix.length));
  if (!path.startsWith(apiPrefix)) return answerText(response, 404, '404 page not found');
  const onward = admitted(options, request);
  if (onward === undefined) return answerText(response, 403, 'Forbidden');
  api.pass(request, response, onward).catch((error: Error) => {
    if (response.closed) return;
    tell(session, error);
    failed(response, error);
  });
}

const log = ({ io, world }: Session, level: 'E' | 'W', where: string, words: string): void =>
  io.err(`${level}${stamp(world.clock.now()).slice(1)} ${where}] ${words}\n`);

const tell = (session: Session, error: Error): void =>
  log(session, 'E', 'proxy_server.go:147', `Error while proxying request: ${error.message}`);

function warn(options: Options, session: Session, path: string): void {
  if (!options['append-server-path'] && path !== '' && path !== '/')
    log(
      ...([session, 'W', 'proxy.go:172'] as const),
      `Your kube context contains a server path ${path}, use --append-server-path to automatically append the path to each request`,
    );
  if (!options.filter && !options['unix-socket'])
    log(
      ...([session, 'W', 'proxy.go:177'] as const),
      'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
    );
  if (!options.www) return;
  const stat = statSync(resolve(session.cwd, options.www), { throwIfNoEntry: false });
  if (!stat)
    log(
      ...([session, 'W', 'proxy.go:200'] as const),
      `Failed to stat static file directory ${options.www}: stat ${options.www}: no such file or directory`,
    );
  else if (!stat.isDirectory())
    log(
      ...([session, 'W', 'proxy.go:202'] as const),
      `Static file directory ${options.www} is not a directory`,
    );
}

/** Listens; gives the place as it is told. */
function listen(http: Server, options: Options, { cwd }: Session): Promise<string> {
  const { address, port, 'unix-socket': socket } = options;
  if (!socket && (port < 0 || port > 65_535))
    throw new Error(`listen tcp: address ${port}: invalid port`);
  return new Promise((done, reject) => {
    http.once('error', (error) =>
      reject(
        new Error(
          socket
            ? listenFailure('unix', socket, error)
            : listenFailure('tcp', hostAndPort(address, port), error),
        ),
      ),
    );
    if (!socket) {
      http.listen(port, address, () => {
        const at = http.address() as { readonly address: string; readonly port: number };
        done(hostAndPort(at.address, at.port));
      });
      return;
    }
    const path = resolve(cwd, socket);
    if (statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
    // For the eyes of its owner alone, from its first moment.
    const before = process.umask(0o077);
    http.listen(path, () => done(socket));
    process.umask(before);
  });
}

function stopped(http: Server, options: Options, { signal, cwd }: Session): Promise<void> {
  const { 'unix-socket': socket } = options;
  return new Promise((resolved) => {
    signal.addEventListener(
      'abort',
      () => {
        http.close(() => resolved());
        http.closeAllConnections();
        if (socket) rmSync(resolve(cwd, socket), { force: true });
      },
      { once: true },
    );
  });
}
