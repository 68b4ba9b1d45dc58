import type { TerminalSize } from '@coxswain/api/streaming';
import type { World } from '@coxswain/base';
import type { Given } from '../command/flags.ts';
import type { ClientConfig } from '../config/client-config.ts';
import type { GlobalFlags } from '../config/overrides.ts';
import type { Kubeconfig } from '../config/kubeconfig.ts';
import type { Preference } from '../kuberc/preference.ts';
import type { Discovery } from './discovery.ts';
import type { Rest } from './rest.ts';

/** A terminal whose keys and size a command can take over. */
export interface Terminal {
  /** Keys come one by one and unseen until it is disposed of. */
  readonly raw: () => Disposable;
  /** Another program has the terminal until it is disposed of: its interrupts are not for us. */
  readonly lend: () => Disposable;
  /** The size of the terminal that `out` is; undefined where it is none. */
  readonly size: () => TerminalSize | undefined;
  readonly onResize: (listener: () => void) => Disposable;
}

/** Where a command reads and writes. It never touches the process itself. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Bytes as they are; resolves when there is room for more. */
  readonly write: (to: 'out' | 'err', bytes: Uint8Array) => Promise<void>;
  /** What can be done with the terminal that standard input is. */
  readonly terminal: Terminal;
  readonly isInTerminal: boolean;
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Width of the terminal that `out` is, 0 where it is none. */
  readonly columns: number;
}

/** What a command is given: the terminal, the kubeconfig and the server, each asked only when needed. */
export interface Session {
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly world: World;
  readonly signal: AbortSignal;
  /** The name it was called by: `kubectl` or `cox`. */
  readonly program: string;
  readonly global: Given<GlobalFlags>['flags'];
  readonly preference?: Preference | undefined;
  readonly kubeconfig: () => Kubeconfig;
  readonly config: () => ClientConfig;
  /** The namespace to work in, and whether the user named it. */
  readonly namespace: () => { readonly name: string; readonly isExplicit: boolean };
  readonly rest: () => Rest;
  /** What the server serves, as remembered from earlier lines unless it must be `fresh`; a failure is told as often as kubectl `asks`. */
  readonly discovery: (which?: 'fresh', asks?: number) => Promise<Discovery>;
  /** A sentence to the user that is no result: goes to standard error. */
  readonly warn: (text: string) => void;
}
