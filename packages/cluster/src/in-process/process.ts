import type { Client } from '@coxswain/client';

export interface FetchRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers HTTP requests, as servers in the manner of `fetch` do. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** What a command run in a container answers; undefined: as the simulation would. */
export type Commands = (
  command: readonly string[],
  stdin: string,
) =>
  | { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number }
  | undefined
  | Promise<
      { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number } | undefined
    >;

/** Where a process writes; whole lines come into the container's log. */
export interface Output {
  write(text: string): void;
}

/** The files of a container's volumes: of ConfigMaps and Secrets as they are now, and what its pod wrote. */
export interface Files {
  read(path: string): string | undefined;
  /** Below a mounted `emptyDir`; throws elsewhere. */
  write(path: string, text: string): void;
  /** Names of what lies in a folder, sorted. */
  list(path: string): readonly string[];
}

/** What a container that is a function sees of its pod. */
export interface Process {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
  readonly container: string;
  readonly pod: string;
  readonly namespace: string;
  readonly hostname: string;
  /** The pod's address. */
  readonly address: string;
  readonly files: Files;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the container is asked to end. */
  readonly signal: AbortSignal;
  /** Answers on a port of the pod from now on, until the process ends. */
  readonly listen: (port: number, handler: Handler) => void;
  /** Answers commands that are run in the container. */
  readonly onExec: (commands: Commands) => void;
  /** To other pods by address, Service address or name. */
  readonly fetch: (url: string, request?: FetchRequest) => Promise<Response>;
  /** The API, as the pod's service account. */
  readonly client: Client;
  /** The cluster's time, in milliseconds, and a wait that it decides on. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Lets `settle()` wait for something that leaves this process, such as reading a file. */
  readonly track: <T>(job: Promise<T>) => Promise<T>;
}

/**
 * What runs in a container. Its exit code is the number that it gives, 0 without one, 1 when it throws. One that listens and gives
 * nothing runs on until it is asked to end.
 */
export type ProcessFunction = (process: Process) => Promise<number | void> | number | void;
