/**
 * The command line against kubectl: `UPSTREAM=DIR node bench/cli.ts [pods] [measure,...]`, where DIR holds kubectl 1.36 (and kube-apiserver:
 * then all is measured once more against that). Each line is run by both in turn, on the same server; medians of wall time, processor
 * time (of the command alone) and the most memory it held. Without UPSTREAM ours stands alone. BENCH_RUNS=5 says how often.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pod } from './support/bodies.ts';
import { H2Client } from './support/h2-client.ts';
import type { Target } from './support/load.ts';
import { type BenchServer, ourServer, upstreamServer } from './support/servers.ts';
import { median, ratio, type Row, tableText } from './support/table.ts';

const many = Number(process.argv[2] ?? 30_000);
const only = process.argv[3]?.split(',');
const runs = Number(process.env['BENCH_RUNS'] ?? 5);
const manifests = 500;
const inFlight = 32;
const upstream = process.env['UPSTREAM'];
const bundle = new URL('../dist/cox.mjs', import.meta.url).pathname;
const cox = new URL('../cox', import.meta.url).pathname;

interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

interface Program {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** As `cox` starts it. */
const flags = /^exec "\$node" (.*) \$roots/m.exec(readFileSync(cox, 'utf8'))![1]!.split(' ');
const ours: Program = {
  words: [process.execPath, ...flags, '--use-openssl-ca', bundle],
  env: { COX_COMMAND: 'kubectl' },
};
const kubectl: Program | undefined = upstream ? { words: [join(upstream, 'kubectl')] } : undefined;
const bareNode: Program = { words: [process.execPath] };

/** Runs one line to its end. The shell counts the processor time of its child. */
async function run(
  { words, env }: Program,
  args: readonly string[],
  home: string,
): Promise<Figures> {
  const timed = 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null 2>"$0"';
  const told = join(home, 'stderr');
  const child = spawn('bash', ['-c', timed, told, ...words, ...args], {
    // Further roots are read by Node alone, and no line here needs one.
    env: {
      ...{ ...process.env, NODE_EXTRA_CA_CERTS: undefined, SSL_CERT_FILE: undefined },
      ...env,
      HOME: home,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  let peakKib = 0;
  const look = setInterval(() => (peakKib = Math.max(peakKib, peakOfChild(child.pid!))), 3);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(look);
  if (code !== 0)
    throw new Error(`${words.join(' ')} ${args.join(' ')}: ${code}\n${readFileSync(told, 'utf8')}`);
  const [wall, user, system] = text.trim().split(' ').map(Number);
  return { wallMs: wall! * 1000, cpuMs: (user! + system!) * 1000, peakMiB: peakKib / 1024 };
}

/** The most memory that the child of a process has held so far, in KiB. */
function peakOfChild(pid: number): number {
  try {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // not there yet, or gone
  }
}

interface Measure {
  readonly name: string;
  readonly args: readonly string[];
  readonly other?: {
    readonly program: Program;
    readonly args: readonly string[];
    readonly name: string;
  };
  /** Before each run of either. */
  readonly before?: () => Promise<void>;
}

async function compare(measure: Measure, home: string): Promise<readonly Row[]> {
  const other =
    measure.other ?? (kubectl && { program: kubectl, args: measure.args, name: 'kubectl' });
  const sides = [{ program: ours, args: measure.args }, ...(other ? [other] : [])];
  const figures: Figures[][] = sides.map(() => []);
  for (let turn = 0; turn <= runs; turn++)
    for (const [side, { program, args }] of sides.entries()) {
      await measure.before?.();
      const taken = await run(program, args, home);
      if (turn > 0) figures[side]!.push(taken); // the first fills caches
    }
  return (['wallMs', 'cpuMs', 'peakMiB'] as const).map((figure) => {
    const [mine, its] = figures.map((of) => median(of.map((each) => each[figure])));
    const unit = figure.endsWith('Ms') ? 'ms' : 'MiB';
    return {
      measure: `${measure.name}: ${figure.replace(/Ms|MiB/, '')}`,
      ours: `${mine!.toFixed(0)} ${unit}`,
      comparedTo: its === undefined ? '' : `${its.toFixed(0)} ${unit} (${other!.name})`,
      ratio: its === undefined ? '' : ratio(mine!, its),
    };
  });
}

/** One request after another of the same lane. */
async function inLanes(count: number, act: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

const poster = (target: Target) => {
  const { url, ca, certificate: cert, key, token, insecure } = target;
  const tls = { rejectUnauthorized: !insecure, ...(ca && { ca }), ...(cert && { cert, key }) };
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const clients = new Map<string, Promise<H2Client>>();
  const open = async (method: string): Promise<H2Client> => {
    const client = new H2Client(url, tls, method, headers);
    await client.connected();
    return client;
  };
  return async (method: string, path: string, body?: string): Promise<void> => {
    if (!clients.has(method)) clients.set(method, open(method));
    const client = await clients.get(method)!;
    await new Promise<void>((resolve) => client.request(path, body, { end: () => resolve() }));
  };
};

/** Namespaces, pods to list, and manifests to apply. */
async function fill(target: Target, folder: string): Promise<ReturnType<typeof poster>> {
  const post = poster(target);
  const object = (kind: string, name: string): string =>
    JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } });
  for (const name of ['few', 'many', 'files']) {
    await post('POST', '/api/v1/namespaces', object('Namespace', name));
    const accounts = `/api/v1/namespaces/${name}/serviceaccounts`;
    await post('POST', accounts, object('ServiceAccount', 'default'));
  }
  await inLanes(10, () => post('POST', '/api/v1/namespaces/few/pods', pod()));
  const one = JSON.parse(pod()) as { metadata: object };
  const named = { ...one, metadata: { ...one.metadata, name: 'one' } };
  await post('POST', '/api/v1/namespaces/few/pods', JSON.stringify(named));
  await inLanes(many, () => post('POST', '/api/v1/namespaces/many/pods', pod()));
  for (let at = 0; at < manifests; at++)
    writeFileSync(
      join(folder, `${at}.yaml`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: file-${at}\n  namespace: files\n  labels:\n    app: bench\ndata:\n  key: "${at}"\n  text: |\n    some lines\n    of text\n`,
    );
  return post;
}

function kubeconfigOf(
  { url, ca, certificate, key, token, insecure }: Target,
  path: string,
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const cluster = {
    server: url,
    ...(ca && { 'certificate-authority-data': base64(ca) }),
    ...(insecure && { 'insecure-skip-tls-verify': true }),
  };
  const user = {
    ...(token && { token }),
    ...(certificate && { 'client-certificate-data': base64(certificate) }),
    ...(key && { 'client-key-data': base64(key) }),
  };
  const entry = { name: 'bench', cluster, user, context: { cluster: 'bench', user: 'bench' } };
  const whole = {
    'current-context': 'bench',
    clusters: [entry],
    users: [entry],
    contexts: [entry],
  };
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...whole }));
  return path;
}

async function measureOn(name: string, server: BenchServer): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'cox-bench-cli-'));
  const folder = mkdtempSync(join(tmpdir(), 'cox-bench-manifests-'));
  const post = await fill(server.target, folder);
  const to = ['--kubeconfig', kubeconfigOf(server.target, join(home, 'kubeconfig'))];
  const clean = (): Promise<void> => post('DELETE', '/api/v1/namespaces/files/configmaps');
  const node = { program: bareNode, args: ['-e', '0'], name: 'node -e 0' };
  const measures: readonly Measure[] = [
    { name: 'options', args: ['options'], other: node },
    { name: 'version --client', args: ['version', '--client'] },
    { name: 'get pods', args: [...to, 'get', 'pods', '-n', 'few'] },
    { name: 'describe pod', args: [...to, 'describe', 'pod', 'one', '-n', 'few'] },
    { name: `get pods -A of ${many}`, args: [...to, 'get', 'pods', '-A'] },
    {
      name: `create by apply of ${manifests}`,
      args: [...to, 'apply', '-f', folder],
      before: clean,
    },
    { name: `apply of ${manifests}`, args: [...to, 'apply', '-f', folder] },
    {
      name: `apply --server-side of ${manifests}`,
      args: [...to, 'apply', '--server-side', '--force-conflicts', '-f', folder],
    },
  ];
  const rows: Row[] = [];
  for (const measure of measures)
    if (!only || only.some((part) => measure.name.includes(part)))
      rows.push(...(await compare(measure, home)));
  process.stdout.write(`\n${name}\n${tableText(rows)}`);
  for (const path of [home, folder]) rmSync(path, { recursive: true, force: true });
}

await run({ words: [cox] }, ['options'], tmpdir()); // makes the bundle when a source is newer
if (!readdirSync(new URL('../dist', import.meta.url)).includes('cox.mjs'))
  throw new Error('there is no bundle');
{
  await using server = await ourServer();
  await measureOn('on our server', server);
}
if (upstream && existsSync(join(upstream, 'kube-apiserver'))) {
  await using server = await upstreamServer(upstream);
  await measureOn("on upstream's server", server);
}
process.exit();
