import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { delimiter, join, resolve as resolvePath } from 'node:path';
import type { ClusterEntry, ExecEntry } from '../config/kubeconfig.ts';
import { CannotConnect } from '../command/failure.ts';
import { commandOf } from '../kuberc/preference.ts';
import type { Session } from './session.ts';

/** What signs a request: a bearer token, a client certificate, or both. */
export interface SignIn {
  readonly token?: string | undefined;
  readonly certificate?: string | undefined; // PEM
  readonly key?: string | undefined; // PEM
}

interface ExecCredential {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
}

const group = 'client.authentication.k8s.io';
const versions: readonly string[] = [`${group}/v1`, `${group}/v1beta1`];
/** Output that a plugin may write. */
const outputMax = 1 << 20;

const installHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

/** Signs in by a program of the kubeconfig (client-go's exec plugins), again when what it gave has run out. */
export class ExecCredentials {
  readonly #exec: ExecEntry;
  readonly #cluster: ClusterEntry;
  readonly #session: Session;
  #given: Promise<SignIn> | undefined;
  #untilMs = Infinity;

  /** Throws for an entry that no plugin can be run by. */
  constructor(exec: ExecEntry, cluster: ClusterEntry, session: Session) {
    if (!versions.includes(exec.apiVersion ?? ''))
      throw new Error(`exec plugin: invalid apiVersion ${JSON.stringify(exec.apiVersion ?? '')}`);
    this.#exec = exec;
    this.#cluster = cluster;
    this.#session = session;
  }

  /** What is to be shown to the server now. */
  async current(): Promise<SignIn> {
    if (this.#session.world.clock.now() > this.#untilMs) this.forget();
    this.#given ??= this.#ask();
    try {
      return await this.#given;
    } catch (cause) {
      this.forget();
      throw new CannotConnect(`getting credentials: ${(cause as Error).message}`, { cause });
    }
  }

  /** The server did not take it: the next request asks anew. */
  forget(): void {
    this.#given = undefined;
    this.#untilMs = Infinity;
  }

  async #ask(): Promise<SignIn> {
    const interactive = this.#isInteractive();
    const { apiVersion } = this.#exec;
    const cluster = this.#exec.provideClusterInfo && { cluster: clusterInfo(this.#cluster) };
    const info = { kind: 'ExecCredential', apiVersion, spec: { ...cluster, interactive } };
    const text = await this.#run(JSON.stringify(info), interactive);
    const { status, ...head } = decoded(text);
    if (head.apiVersion !== apiVersion)
      throw new Error(
        `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${head.apiVersion}`,
      );
    if (!status) throw new Error("exec plugin didn't return a status field");
    const { token, clientCertificateData: certificate, clientKeyData: key } = status;
    if (!token && !certificate && !key)
      throw new Error("exec plugin didn't return a token or cert/key pair");
    if (!certificate !== !key)
      throw new Error('exec plugin returned only certificate or key, not both');
    if (status.expirationTimestamp) this.#untilMs = Date.parse(status.expirationTimestamp);
    return { token, certificate, key };
  }

  #isInteractive(): boolean {
    const { interactiveMode = 'IfAvailable' } = this.#exec;
    const { isInTerminal } = this.#session.io;
    if (interactiveMode === 'Always' && !isInTerminal)
      throw new Error(
        'exec plugin cannot support interactive mode: standard input is not a terminal',
      );
    return interactiveMode !== 'Never' && isInTerminal;
  }

  /** Whether the preferences of the user let the plugin run. */
  #confirmAllowed(): void {
    const { preference, env } = this.#session;
    const { credentialPluginPolicy: policy, credentialPluginAllowlist: list } = preference ?? {};
    const { command } = this.#exec;
    if (policy === 'DenyAll')
      throw new Error(
        `plugin ${JSON.stringify(command)} not allowed: policy set to ${JSON.stringify(policy)}`,
      );
    const allowed = list?.map(commandOf) ?? [];
    if (policy !== 'Allowlist' || allowed.includes(command)) return;
    const path = onPath(command, env);
    if (!path.includes('/'))
      throw new Error(
        `plugin path ${JSON.stringify(path)} cannot be resolved for credential plugin allowlist check: exec: ${JSON.stringify(command)}: executable file not found in $PATH`,
      );
    if (!allowed.some((entry) => onPath(entry, env) === path))
      throw new Error(
        `plugin path ${JSON.stringify(path)} is not permitted by the credential plugin allowlist`,
      );
  }

  #run(info: string, interactive: boolean): Promise<string> {
    this.#confirmAllowed();
    const { command, args, env } = this.#exec;
    const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const child = spawn(command, args ?? [], {
      cwd: this.#session.cwd,
      env: { ...this.#session.env, ...own, KUBERNETES_EXEC_INFO: info },
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
      signal: this.#session.signal,
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Uint8Array) => {
      if ((bytes += chunk.length) > outputMax) child.kill();
      else chunks.push(chunk);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const hint = this.#exec.installHint && `\n\n${this.#exec.installHint}`;
      reject(
        error.code === 'ENOENT'
          ? new Error(`exec: executable ${command} not found${installHelp}${hint || ''}`)
          : new Error(`exec: ${error.message}`, { cause: error }),
      );
    });
    child.once('close', (code) => {
      if (bytes > outputMax)
        reject(new Error(`exec: executable ${command} wrote more than ${outputMax} bytes`));
      else if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new Error(`exec: executable ${command} failed with exit code ${code ?? -1}`));
    });
    return promise;
  }
}

/** Where the shell would find a program; as it is named where it would not. */
function onPath(command: string, env: NodeJS.ProcessEnv): string {
  if (command.includes('/')) return resolvePath(command);
  const found = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return found ?? command;
}

function decoded(text: string): ExecCredential {
  try {
    return JSON.parse(text) as ExecCredential;
  } catch (cause) {
    throw new Error(`decoding stdout: ${(cause as Error).message}`, { cause });
  }
}

/** What a plugin is told of the cluster, by the names of its API. */
const clusterInfo = (cluster: ClusterEntry): object => ({
  server: cluster.server,
  'tls-server-name': cluster['tls-server-name'],
  'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
  'certificate-authority-data': cluster['certificate-authority-data'],
  'proxy-url': cluster['proxy-url'],
  config: cluster.extensions?.find(({ name }) => name === `${group}/exec`)?.extension,
});
