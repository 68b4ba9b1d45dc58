import assert from 'node:assert/strict';
import type { TestServer } from '../testing/server.ts';
import { configMap, path, pod, refused, testServer } from './testing/config-maps.ts';

const refusals: readonly {
  readonly name: string;
  readonly call: (server: TestServer) => Promise<unknown>;
  readonly code: number;
  readonly message: string;
}[] = [
  {
    name: 'a name that is taken',
    call: (s) => s.post(path, configMap('taken')),
    code: 409,
    message: 'configmaps "taken" already exists',
  },
  {
    name: 'a bad name',
    call: (s) => s.post(path, configMap('A_b')),
    code: 422,
    message:
      "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  {
    name: 'no name',
    call: (s) => s.post(path, configMap('')),
    code: 422,
    message:
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    name: 'another namespace than that of the path',
    call: (s) => s.post(path, { ...configMap('b'), metadata: { name: 'b', namespace: 'other' } }),
    code: 400,
    message:
      'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    name: 'another kind',
    call: (s) => s.post(path, pod('b')),
    code: 400,
    message:
      'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (v1.ConfigMap): unknown conversion',
  },
  {
    name: 'another version',
    call: (s) => s.post(path, { ...configMap('b'), apiVersion: 'v2' }),
    code: 400,
    message:
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
  },
  {
    name: 'a resourceVersion on create',
    call: (s) => s.post(path, { ...configMap('b'), metadata: { name: 'b', resourceVersion: '1' } }),
    code: 500,
    message: 'resourceVersion should not be set on objects to be created',
  },
  {
    name: 'a missing object',
    call: (s) => s.get(`${path}/missing`),
    code: 404,
    message: 'configmaps "missing" not found',
  },
  {
    name: 'an update of what is missing',
    call: (s) => s.put(`${path}/missing`, configMap('missing')),
    code: 404,
    message: 'configmaps "missing" not found',
  },
  {
    name: 'an update under another name',
    call: (s) => s.put(`${path}/taken`, configMap('other')),
    code: 400,
    message: 'the name of the object (other) does not match the name on the URL (taken)',
  },
  {
    name: 'a stale update',
    call: (s) =>
      s.put(`${path}/taken`, {
        ...configMap('taken'),
        metadata: { name: 'taken', resourceVersion: '999' },
      }),
    code: 409,
    message:
      'Operation cannot be fulfilled on configmaps "taken": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'a dry run of something else',
    call: (s) => s.post(path, configMap('b'), { dryRun: 'Some' }),
    code: 422,
    message:
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  },
  {
    name: 'two controllers',
    call: (s) =>
      s.post(path, {
        ...configMap('b'),
        metadata: {
          name: 'b',
          ownerReferences: ['x', 'y'].map((name) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            name,
            uid: name,
            controller: true,
          })),
        },
      }),
    code: 422,
    message:
      'ConfigMap "b" is invalid: metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"x","uid":"x","controller":true},{"apiVersion":"v1","kind":"Pod","name":"y","uid":"y","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/x and Pod/y',
  },
  {
    name: 'an unknown field in a selector',
    call: (s) => s.get(path, { fieldSelector: 'data.x=1' }),
    code: 400,
    message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    name: 'a delete of another version',
    call: (s) => s.delete(`${path}/taken`, { preconditions: { resourceVersion: '77' } }),
    code: 409,
    message:
      'Operation cannot be fulfilled on ConfigMap "taken": the ResourceVersion in the precondition (77) does not match the ResourceVersion in record (1). The object might have been modified',
  },
  {
    name: 'an apply without a manager',
    call: (s) => s.patch(`${path}/taken`, 'application/apply-patch+yaml', configMap('taken')),
    code: 422,
    message:
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  },
  {
    name: 'a patch of unknown type',
    call: (s) => s.patch(`${path}/taken`, 'text/plain', {}),
    code: 415,
    message: '415: Unsupported Media Type',
  },
  {
    name: 'an unknown resource',
    call: (s) => s.get('/api/v1/namespaces/default/nothings'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a verb that the kind lacks',
    call: (s) => s.delete('/api/v1/namespaces'),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'an update of a collection',
    call: (s) => s.put(path, {}),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'a create under a name',
    call: (s) => s.post(`${path}/a`, {}),
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'an object without its namespace',
    call: (s) => s.get('/api/v1/configmaps/a'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a path that goes on behind a subresource',
    call: (s) => s.get('/api/v1/namespaces/default/pods/a/status/b'),
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    name: 'a future revision',
    call: async (s) => {
      const read = s.get(path, { resourceVersion: '99999' });
      read.catch(() => {});
      await s.advance(3_000);
      return read;
    },
    code: 504,
    message: 'Timeout: Too large resource version: 99999, current: 1',
  },
];

for (const { name, call, code, message } of refusals)
  testServer(`refused: ${name}`, async (server) => {
    await server.post(path, configMap('taken'));
    const error = await refused(call(server));
    assert.equal(error.code, code, error.message);
    assert.equal(error.message, message);
  });
