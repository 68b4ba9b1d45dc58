import type { Model } from './definitions.ts';
import type { GroupVersionKind } from './schema.ts';

export type Method = 'delete' | 'get' | 'head' | 'options' | 'patch' | 'post' | 'put';

/** A parameter in the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean' | 'number';
  readonly description: string;
}

/** What is read or answered: an object of a type, or plain text. */
export type Payload = Model | 'string';

/** One operation on one path, before either version of OpenAPI. */
export interface Route {
  readonly path: string;
  readonly method: Method;
  readonly operationId: string;
  readonly tag: string;
  readonly description: string;
  /** Upstream's word for the verb: `post`, `watchlist`, `connect` ...; undefined outside the resources. */
  readonly action?: string | undefined;
  readonly kind?: GroupVersionKind | undefined;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly model: Model; readonly required: boolean } | undefined;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly codes: readonly number[];
  readonly answer: Payload | undefined;
}

/** The operations of one path, with what they share taken out. */
export interface PathRoutes {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Route[];
}

/** Routes by their path, paths in order. Parameters of all operations of a path stand at the path. */
export function byPath(routes: readonly Route[]): readonly PathRoutes[] {
  return [...Map.groupBy(routes, ({ path }) => path)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, operations]) => {
      const keys = operations.map(({ parameters }) => new Set(parameters.map(keyOf)));
      const isShared = (each: Parameter): boolean => keys.every((set) => set.has(keyOf(each)));
      return {
        path,
        parameters: inOrder(operations[0]!.parameters.filter(isShared)),
        operations: operations
          .map((route) => {
            const own = inOrder(route.parameters.filter((each) => !isShared(each)));
            return { ...route, parameters: own };
          })
          .toSorted((a, b) => (a.method < b.method ? -1 : 1)),
      };
    });
}

const keyOf = (parameter: Parameter): string => `${parameter.name} ${parameter.in}`;

const inOrder = (parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** What HTTP calls the codes that operations answer with. */
export const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  401: 'Unauthorized',
};
