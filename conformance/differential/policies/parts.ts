/** What policies and what they look at are made of. */
import type { Request } from '../request.ts';

export const group = '/apis/admissionregistration.k8s.io/v1';
export const namespace = 'differential-policies';
export const root: string = `/api/v1/namespaces/${namespace}`;
export const label = 'policy';

export interface Case {
  readonly name: string;
  readonly spec: object;
  readonly binding?: object;
  /** What is sent: a config map, unless it says otherwise. */
  readonly sent?: readonly Partial<Request>[];
  readonly matches?: object;
}

export const nameOf = (name: string): string => `differential-${name.replaceAll(' ', '-')}`;

export const configMap = (name: string): object => ({
  metadata: { name: 'one', labels: { [label]: nameOf(name), a: 'b' } },
  data: { a: '1' },
});
export const service = (name: string): object => ({
  metadata: { name: 'one', labels: { [label]: nameOf(name) } },
  spec: { ports: [{ port: 80 }], clusterIP: 'None' },
});

export const rule: object = {
  ...{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] },
  resources: ['configmaps', 'services'],
};
export const validates = (expression: string, more: object = {}): object => ({
  validations: [{ expression, ...more }],
});
export const no = "object.data.a == '2'";
export const parameters = { apiVersion: 'v1', kind: 'ConfigMap' };
export const custom = { apiVersion: 'policies.example.com/v1', kind: 'DifferentialLimit' };
export const clusterWide = { apiVersion: 'v1', kind: 'Namespace' };
export const ten = '[1,2,3,4,5,6,7,8,9,10]';
export const nest = (depth: number): string =>
  depth === 0 ? 'true' : `${ten}.all(x${depth}, ${nest(depth - 1)})`;
export const loud = (
  paramRef: object,
  expression = 'object.data.a == params.data.a',
): Omit<Case, 'name'> => ({
  spec: {
    paramKind: parameters,
    ...validates(expression, { messageExpression: "'not ' + params.metadata.name" }),
  },
  binding: { paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } },
});
