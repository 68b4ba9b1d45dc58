import type { Case } from '../broken.ts';

/** Where the first container stands, and the first volume. */
export const c0 = 'spec.containers.0';
export const v0 = 'spec.volumes.0';
export const http = { httpGet: { path: '/', port: 80 } };
export const second = { name: 'second', image: 'x' };
export const withVolume = (source: object, more: Case[1] = {}): Case[1] => ({
  'spec.volumes': [{ name: 'data', ...source }],
  ...more,
});
export const projectedSource = (source: object): Case[1] =>
  withVolume({ projected: { sources: [source] } });
