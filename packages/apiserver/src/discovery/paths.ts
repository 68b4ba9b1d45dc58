import type { RootPaths } from '@coxswain/api/types/meta';
import type { Engine } from '../rest/engine.ts';
import { checks } from './health.ts';
import { pagePaths } from './pages.ts';
import { groups } from './order.ts';

const others = [
  ...pagePaths,
  '/.well-known/openid-configuration',
  '/apis/',
  '/openid/v1/jwks',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/version',
];

/** `/`: every path that is served outside the resources. */
export function paths(engine: Engine): RootPaths {
  const api = groups(engine).flatMap(({ name, versions }) =>
    name === ''
      ? ['/api', '/api/v1']
      : [`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`)],
  );
  const health = ['healthz', 'livez', 'readyz'].flatMap((kind) => [
    `/${kind}`,
    ...checks(kind).map((name) => `/${kind}/${name}`),
  ]);
  return { paths: ['/apis', ...api, ...health, ...others].toSorted() };
}
