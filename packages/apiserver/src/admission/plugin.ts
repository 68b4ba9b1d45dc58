import type { KubeObject, Resource, UserInfo } from '@coxswain/api';
import type { KindContext } from '../kinds/kind.ts';

/** What is about to be written (or connected to). */
export interface Admission {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Of the request, as it was authorised. */
  readonly verb?: string;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly object: KubeObject | undefined; // undefined for DELETE
  readonly before: KubeObject | undefined; // for UPDATE and DELETE
  /** The options of the request (CreateOptions, DeleteOptions ...). */
  readonly options: unknown;
  readonly context: KindContext;
  /** Between the rounds of mutation over one write. */
  readonly rounds?: MutationRounds | undefined;
  warn(text: string): void;
  annotate(key: string, value: string): void;
}

/** Mutation goes a second time through all plugins when one that depends on others' work asks for it. */
export interface MutationRounds {
  /** 0, or 1 the second time. */
  readonly round: number;
  /** Set by a plugin that has changed the object and wants the others to see it. */
  again: boolean;
  /** What plugins remember of the first round, by their names. */
  readonly kept: Map<string, unknown>;
}

/** An admission plugin, in upstream's order. Throws ApiError (forbidden) to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Whether the plugin has any opinion on this request; keeps the rest of the chain cheap. */
  readonly handles: (admission: Admission) => boolean;
  /** Returns the object to go on with (the same one when nothing changes). */
  readonly mutate?: (admission: Admission, signal: AbortSignal) => Promise<KubeObject> | KubeObject;
  readonly validate?: (admission: Admission, signal: AbortSignal) => Promise<void> | void;
}
