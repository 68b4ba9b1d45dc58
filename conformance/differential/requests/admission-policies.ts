/** Policies in force: what they refuse, warn of and change. Each looks only at objects that carry its name, so that all are there at once. */
import { applies, mutating } from '../policies/mutating.ts';
import {
  type Case,
  configMap,
  group,
  label,
  nameOf,
  namespace,
  root,
  rule,
  service,
  custom,
} from '../policies/parts.ts';
import { validating } from '../policies/validating.ts';
import type { Request, RequestList } from '../request.ts';

/** Two policies for one object, in whatever order: what the second adds lets the first act when it is asked again. */
const againName = nameOf('again');
const again = [
  applies("'second' in object.data ? Object{data: {'saw': 'it'}} : Object{}"),
  applies("Object{data: {'second': 'b'}}"),
].map((spec, at) => {
  const objectSelector = { matchLabels: { [label]: againName } };
  const matchConstraints = { resourceRules: [rule], objectSelector };
  return {
    metadata: { name: `${againName}-${at}` },
    spec: { matchConstraints, ...spec, reinvocationPolicy: 'IfNeeded' },
  };
});

const post = (path: string, body: { readonly metadata: { readonly name: string } }): Request => ({
  ...{ name: `made: ${body.metadata.name}`, method: 'POST', path, body },
});

function made(sort: 'validating' | 'mutating', each: Case): readonly Request[] {
  const { spec, binding, matches } = each;
  const metadata = { name: nameOf(each.name) };
  const matchConstraints = {
    resourceRules: [rule],
    objectSelector: { matchLabels: { [label]: metadata.name } },
    ...matches,
  };
  const own =
    sort === 'validating' ? { validationActions: ['Deny'] } : { reinvocationPolicy: 'Never' };
  const [forPolicy, forBinding] = sort === 'validating' ? [{}, own] : [own, {}];
  const path = `${group}/${sort}admissionpolicies`;
  return [
    post(path, { metadata, spec: { matchConstraints, ...forPolicy, ...spec } } as never),
    post(path.replace(/ies$/, 'ybindings'), {
      ...{ metadata, spec: { policyName: metadata.name, ...forBinding, ...binding } },
    }),
  ];
}

const sentFor = ({ name, sent = [{}] }: Case): readonly Request[] =>
  sent.map((each) => ({
    name: `sent: ${name}`,
    method: 'POST',
    path: `${root}/configmaps?dryRun=All`,
    body: each.path?.includes('/services') ? service(name) : configMap(name),
    ...each,
  }));

const gone = (path: string): Request => ({ name: `gone: ${path}`, method: 'DELETE', path });
const definition = {
  metadata: { name: 'differentiallimits.policies.example.com' },
  spec: {
    group: 'policies.example.com',
    scope: 'Namespaced',
    names: { plural: 'differentiallimits', kind: 'DifferentialLimit' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { least: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};
const limitsPath = `/apis/policies.example.com/v1/namespaces/${namespace}/differentiallimits`;
const parameter = (name: string, a: string): Request =>
  post(`${root}/configmaps`, {
    ...{ metadata: { name, labels: { limits: 'yes' } } as { name: string }, data: { a } },
  } as never);

const list: RequestList = {
  name: 'admission policies',
  requests: [
    post('/api/v1/namespaces', { metadata: { name: namespace } }),
    post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition),
    { name: 'the kind is served', method: 'GET', path: limitsPath, until: 200 },
    {
      ...{ name: 'a limit', method: 'POST', path: limitsPath, until: 201 },
      body: { ...custom, metadata: { name: 'limit' }, spec: { least: 5 } },
    },
    ...[parameter('first', '1'), parameter('second', '2'), parameter('third', '3')],
    ...mutating.flatMap((each) => made('mutating', each)),
    ...again.flatMap(({ metadata, spec }) => [
      post(`${group}/mutatingadmissionpolicies`, { metadata, spec } as never),
      post(`${group}/mutatingadmissionpolicybindings`, {
        ...{ metadata, spec: { policyName: metadata.name } },
      } as never),
    ]),
    ...validating.flatMap((each) => made('validating', each)),
    ...sentFor({ name: 'last', spec: {} }).map((each) => ({ ...each, until: 422 })),
    ...[...validating, ...mutating].flatMap(sentFor),
    ...sentFor({ name: 'again', spec: {} }),
    ...[...validating.map(({ name }) => nameOf(name))].flatMap((name) => [
      gone(`${group}/validatingadmissionpolicybindings/${name}`),
      gone(`${group}/validatingadmissionpolicies/${name}`),
    ]),
    ...[
      ...mutating.map(({ name }) => nameOf(name)),
      ...again.map(({ metadata }) => metadata.name),
    ].flatMap((name) => [
      gone(`${group}/mutatingadmissionpolicybindings/${name}`),
      gone(`${group}/mutatingadmissionpolicies/${name}`),
    ]),
    gone(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`),
    ...['first', 'second', 'third'].map((name) => gone(`${root}/configmaps/${name}`)),
    gone(`/api/v1/namespaces/${namespace}`),
  ],
};
export default list;
