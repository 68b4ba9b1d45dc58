import { version } from '../discovery/version.ts';
import { collect } from './collect.ts';
import {
  byPath,
  type Parameter,
  type PathRoutes,
  type Payload,
  reasons,
  type Route,
} from './route.ts';
import { refTo, type Schema } from './schema.ts';
import { type ParameterV2, SharedParameters } from './shared-parameters.ts';

/** The OpenAPI v2 document that describes `routes`, as JSON. */
export function documentV2(routes: readonly Route[]): object {
  const shared = new SharedParameters();
  const paths = byPath(routes).map((each) => [each.path, pathItem(each, shared)] as const);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: `${version.major}.${version.minor}` },
    paths: Object.fromEntries(paths),
    definitions: collect(routes, 'v2'),
    parameters: shared.all(),
    securityDefinitions: {
      BearerToken: {
        description: 'A bearer token.',
        in: 'header',
        name: 'authorization',
        type: 'apiKey',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

const pathItem = ({ parameters, operations }: PathRoutes, shared: SharedParameters): object => ({
  ...Object.fromEntries(operations.map((route) => [route.method, operation(route, shared)])),
  ...(parameters.length > 0 && { parameters: parameters.map((each) => shared.place(plain(each))) }),
});

function operation(route: Route, shared: SharedParameters): object {
  const { action, kind } = route;
  const parameters = [...bodyOf(route), ...route.parameters.map(plain)];
  return {
    description: route.description,
    ...(route.consumes.length > 0 && { consumes: route.consumes }),
    produces: route.produces,
    schemes: ['https'],
    tags: [route.tag],
    operationId: route.operationId,
    ...(parameters.length > 0 && { parameters: parameters.map((each) => shared.place(each)) }),
    responses: responses(route),
    ...(action && { 'x-kubernetes-action': action }),
    ...(kind && { 'x-kubernetes-group-version-kind': kind }),
  };
}

function responses({ codes, answer }: Route): object {
  const good = codes.map((code) => [
    code,
    { description: reasons[code]!, ...(answer && { schema: schemaOf(answer) }) },
  ]);
  return Object.fromEntries([...good, [401, { description: reasons[401]! }]]);
}

const schemaOf = (payload: Payload): Schema =>
  payload === 'string' ? { type: 'string' } : { $ref: refTo(payload.name, 'v2') };

function bodyOf({ body }: Route): readonly ParameterV2[] {
  if (!body) return [];
  const { model, required } = body;
  return [{ name: 'body', in: 'body', ...(required && { required }), schema: schemaOf(model) }];
}

const plain = ({ name, in: place, description, type }: Parameter): ParameterV2 => ({
  uniqueItems: true,
  type,
  ...(description && { description }),
  name,
  in: place,
  ...(place === 'path' && { required: true }),
});
