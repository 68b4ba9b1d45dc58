import { modelFrom } from './definitions.ts';
import { metaModel } from './object-models.ts';
import { identify } from './operation-id.ts';
import type { Payload, Route } from './route.ts';
import { version } from '../discovery/version.ts';

const json = ['application/json'];
const formats = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

function get(
  path: string,
  id: Pick<Route, 'operationId' | 'tag'>,
  description: string,
  answer: Payload,
  media: readonly string[] = formats,
): Route {
  const types = { consumes: answer === 'string' ? [] : media, produces: media };
  return {
    path,
    method: 'get',
    ...id,
    description,
    parameters: [],
    ...types,
    codes: [200],
    answer,
  };
}

/** `/api/v1/` and `/apis/{group}/{version}/`. */
export function groupVersionRoute(group: string, version: string): Route {
  const path = group ? `/apis/${group}/${version}/` : `/api/${version}/`;
  const id = identify('get', 'APIResources', group, version);
  return get(
    path,
    id,
    `Lists the resources of ${path.slice(1, -1)}.`,
    metaModel('APIResourceList'),
  );
}

/** `/apis/{group}/`. */
export function groupRoute(group: string): Route {
  const id = identify('get', 'APIGroup', group, undefined);
  return get(`/apis/${group}/`, id, `Lists the versions of ${group}.`, metaModel('APIGroup'));
}

const versionModel = modelFrom('io.k8s.apimachinery.pkg.version.Info', (dialect) => ({
  description: 'What a server is, and since when.',
  type: 'object',
  required: Object.keys(version).filter(isAlways),
  properties: Object.fromEntries(
    Object.keys(version)
      .toSorted()
      .map((name) => [
        name,
        { type: 'string', ...(dialect === 'v3' && isAlways(name) && { default: '' }) },
      ]),
  ),
}));

const isAlways = (name: string): boolean => !/^(emulation|minCompatibility)/.test(name);

/** Documents beside those of groups, by their path. */
export const rootRoutes: Readonly<Record<string, Route>> = {
  '.well-known/openid-configuration': get(
    '/.well-known/openid-configuration/',
    { operationId: 'getServiceAccountIssuerOpenIDConfiguration', tag: 'WellKnown' },
    'Reads how tokens of service accounts are verified.',
    'string',
    json,
  ),
  api: get(
    '/api/',
    { operationId: 'getCoreAPIVersions', tag: 'core' },
    'Lists the versions of the core group.',
    metaModel('APIVersions'),
  ),
  apis: get(
    '/apis/',
    { operationId: 'getAPIVersions', tag: 'apis' },
    'Lists the groups.',
    metaModel('APIGroupList'),
  ),
  'openid/v1/jwks': get(
    '/openid/v1/jwks/',
    { operationId: 'getServiceAccountIssuerOpenIDKeyset', tag: 'openid' },
    'Reads the public keys of the tokens of service accounts.',
    'string',
    ['application/jwk-set+json'],
  ),
  version: get(
    '/version/',
    { operationId: 'getCodeVersion', tag: 'version' },
    'Reads the version of the server.',
    versionModel,
    json,
  ),
};
