import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiServer } from '../server.ts';
import type { Schema } from './schema.ts';
import { askJson, openServer } from './testing/ask.ts';

interface V2 {
  readonly definitions: Record<string, Schema>;
}
interface V3 {
  readonly components: { readonly schemas: Record<string, Schema> };
}

let server: ApiServer;
before(async () => {
  server = await openServer();
});
after(() => server[Symbol.asyncDispose]());

const core = 'io.k8s.api.core.v1';
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const ref3 = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const ref2 = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

const definitions: readonly {
  readonly name: string;
  readonly path: string;
  readonly v2: Schema;
  readonly v3: Schema;
}[] = [
  {
    name: `${core}.ContainerPort`,
    path: 'api/v1',
    v2: {
      type: 'object',
      properties: {
        containerPort: { type: 'integer', format: 'int32' },
        hostIP: { type: 'string' },
        hostPort: { type: 'integer', format: 'int32' },
        name: { type: 'string' },
        protocol: { type: 'string', enum: ['SCTP', 'TCP', 'UDP'] },
      },
      required: ['containerPort'],
    },
    v3: {
      type: 'object',
      properties: {
        containerPort: { type: 'integer', format: 'int32', default: 0 },
        hostIP: { type: 'string' },
        hostPort: { type: 'integer', format: 'int32' },
        name: { type: 'string' },
        protocol: { type: 'string', enum: ['SCTP', 'TCP', 'UDP'], default: 'TCP' },
      },
      required: ['containerPort'],
    },
  },
  {
    name: `${core}.SeccompProfile`,
    path: 'apis/apps/v1',
    v2: {
      type: 'object',
      properties: {
        localhostProfile: { type: 'string' },
        type: { type: 'string', enum: ['Localhost', 'RuntimeDefault', 'Unconfined'] },
      },
      required: ['type'],
      'x-kubernetes-unions': [
        {
          discriminator: 'type',
          'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' },
        },
      ],
    },
    v3: {
      type: 'object',
      properties: {
        localhostProfile: { type: 'string' },
        type: { type: 'string', enum: ['Localhost', 'RuntimeDefault', 'Unconfined'], default: '' },
      },
      required: ['type'],
      'x-kubernetes-unions': [
        {
          discriminator: 'type',
          'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' },
        },
      ],
    },
  },
  {
    name: 'io.k8s.api.policy.v1.PodDisruptionBudgetSpec',
    path: 'apis/policy/v1',
    v2: {
      type: 'object',
      properties: {
        maxUnavailable: ref2('io.k8s.apimachinery.pkg.util.intstr.IntOrString'),
        minAvailable: ref2('io.k8s.apimachinery.pkg.util.intstr.IntOrString'),
        selector: {
          ...ref2(`${meta}.LabelSelector`),
          'x-kubernetes-patch-strategy': 'replace',
        },
        unhealthyPodEvictionPolicy: { type: 'string', enum: ['AlwaysAllow', 'IfHealthyBudget'] },
      },
    },
    v3: {
      type: 'object',
      properties: {
        maxUnavailable: { allOf: [ref3('io.k8s.apimachinery.pkg.util.intstr.IntOrString')] },
        minAvailable: { allOf: [ref3('io.k8s.apimachinery.pkg.util.intstr.IntOrString')] },
        selector: {
          allOf: [ref3(`${meta}.LabelSelector`)],
          'x-kubernetes-patch-strategy': 'replace',
        },
        unhealthyPodEvictionPolicy: { type: 'string', enum: ['AlwaysAllow', 'IfHealthyBudget'] },
      },
    },
  },
  {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    path: 'apis/policy/v1',
    v2: {
      description: 'A whole number, or a string such as a percentage or the name of a port.',
      type: 'string',
      format: 'int-or-string',
    },
    v3: {
      description: 'A whole number, or a string such as a percentage or the name of a port.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
  {
    name: 'io.k8s.api.apps.v1.Deployment',
    path: 'apis/apps/v1',
    v2: {
      type: 'object',
      properties: {
        apiVersion: {
          description:
            'APIVersion defines the form this object is written in, `v1` or `group/version`.',
          type: 'string',
        },
        kind: { description: 'Kind of this object, in CamelCase.', type: 'string' },
        metadata: {
          description:
            "Standard object's metadata: name, namespace, labels and what else every object has.",
          ...ref2(`${meta}.ObjectMeta`),
        },
        spec: { description: 'What is wanted.', ...ref2('io.k8s.api.apps.v1.DeploymentSpec') },
        status: {
          description: 'What is observed. Written by the system.',
          ...ref2('io.k8s.api.apps.v1.DeploymentStatus'),
        },
      },
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
    },
    v3: {
      type: 'object',
      properties: {
        apiVersion: {
          description:
            'APIVersion defines the form this object is written in, `v1` or `group/version`.',
          type: 'string',
        },
        kind: { description: 'Kind of this object, in CamelCase.', type: 'string' },
        metadata: {
          description:
            "Standard object's metadata: name, namespace, labels and what else every object has.",
          allOf: [ref3(`${meta}.ObjectMeta`)],
          default: {},
        },
        spec: {
          description: 'What is wanted.',
          allOf: [ref3('io.k8s.api.apps.v1.DeploymentSpec')],
          default: {},
        },
        status: {
          description: 'What is observed. Written by the system.',
          allOf: [ref3('io.k8s.api.apps.v1.DeploymentStatus')],
          default: {},
        },
      },
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
    },
  },
];

for (const { name, path, v2, v3 } of definitions)
  test(`definition: ${name}`, async () => {
    const two = await askJson<V2>(server, '/openapi/v2');
    const three = await askJson<V3>(server, `/openapi/v3/${path}`);
    assert.deepEqual(two.definitions[name], v2);
    assert.deepEqual(three.components.schemas[name], v3);
  });
