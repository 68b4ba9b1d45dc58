import { version } from '../discovery/version.ts';
import { collect } from './collect.ts';
import type { Reader } from './definition-names.ts';
import {
  byPath,
  type Parameter,
  type PathRoutes,
  type Payload,
  reasons,
  type Route,
} from './route.ts';
import { refTo, type Schema } from './schema.ts';

/** The OpenAPI v3 document that describes `routes`, as JSON. Those of custom resources are told as upstream tells them. */
export function documentV3(routes: readonly Route[], reader: Reader): object {
  const schemas = collect(routes, 'v3', reader);
  const isCustom = reader === 'custom';
  return {
    openapi: '3.0.0',
    info: isCustom
      ? customInfo
      : { title: 'Kubernetes', version: `${version.major}.${version.minor}` },
    paths: Object.fromEntries(byPath(routes).map((each) => [each.path, pathItem(each)])),
    components: {
      ...(Object.keys(schemas).length > 0 && { schemas }),
      ...(!isCustom && { securitySchemes }),
    },
  };
}

const customInfo = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

const securitySchemes = {
  BearerToken: {
    description: 'A bearer token.',
    in: 'header',
    name: 'authorization',
    type: 'apiKey',
  },
};

const pathItem = ({ parameters, operations }: PathRoutes): object => ({
  ...(parameters.length > 0 && { parameters: parameters.map(parameter) }),
  ...Object.fromEntries(operations.map((route) => [route.method, operation(route)])),
});

function operation(route: Route): object {
  const { parameters, body, action, kind } = route;
  return {
    tags: [route.tag],
    description: route.description,
    operationId: route.operationId,
    ...(parameters.length > 0 && { parameters: parameters.map(parameter) }),
    ...(body && {
      requestBody: {
        content: content(body.model, route.consumes),
        ...(body.required && { required: true }),
      },
    }),
    responses: responses(route),
    ...(action && { 'x-kubernetes-action': action }),
    ...(kind && { 'x-kubernetes-group-version-kind': kind }),
  };
}

function responses({ codes, answer, produces }: Route): object {
  const good = codes.map((code) => [
    code,
    { description: reasons[code]!, ...(answer && { content: content(answer, produces) }) },
  ]);
  return Object.fromEntries([...good, [401, { description: reasons[401]! }]]);
}

function content(payload: Payload, types: readonly string[]): object {
  const schema: Schema =
    payload === 'string' ? { type: 'string' } : { $ref: refTo(payload.name, 'v3') };
  return Object.fromEntries(types.toSorted().map((type) => [type, { schema }]));
}

const parameter = ({ name, in: place, description, type }: Parameter): object => ({
  name,
  in: place,
  ...(description && { description }),
  ...(place === 'path' && { required: true }),
  schema: { type, uniqueItems: true },
});
