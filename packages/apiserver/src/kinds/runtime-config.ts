import { groupVersion, type Resource } from '@coxswain/api';
import type { Kind } from './kind.ts';

/** Whether a resource is turned off. */
export type IsOff = (resource: Resource) => boolean;

/** Groups that the server fills at its start, and lives by. */
const needed = new Set([
  '',
  'rbac.authorization.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'scheduling.k8s.io',
]);
const all = 'api/all';
const ga = 'api/ga';
const stages: readonly string[] = ['api/beta', 'api/alpha'];

/**
 * What `--runtime-config` turns off, `apps/v1=false,api/all=true`: a resource before its version before all versions.
 * Throws on groups that do not exist, on what is to be turned on and is not there, and on what the server needs itself.
 */
export function runtimeConfig(text: string, kinds: readonly Kind[]): IsOff {
  const given = new Map(text.split(',').filter(Boolean).map(pairOf));
  if (given.size === 1 && given.get(all) === false)
    throw new Error(`invalid runtime-config with only ${all}=false`);
  for (const [key, on] of given) check(key, on, kinds);
  const isOff: IsOff = (resource) => {
    const version = `${resource.group || 'api'}/${resource.version}`;
    const answers = [given.get(`${version}/${resource.resource}`), given.get(version)];
    return [...answers, given.get(ga), given.get(all)].find((each) => each !== undefined) === false;
  };
  const lost = kinds.find(({ resource }) => needed.has(resource.group) && isOff(resource));
  if (lost)
    throw new Error(
      `${groupVersion(lost.resource)} cannot be turned off: the server needs it itself`,
    );
  return isOff;
}

function pairOf(pair: string): readonly [string, boolean] {
  const [key = '', value = ''] = pair.split('=');
  if (!['', 'true', 'false'].includes(value.toLowerCase()))
    throw new Error(
      `invalid value of ${key}: ${value}, err: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
    );
  return [key, value.toLowerCase() !== 'false'];
}

function check(key: string, on: boolean, kinds: readonly Kind[]): void {
  if (key === all || key === ga) return;
  if (stages.includes(key)) {
    if (on) throw new Error(`${key}: no such version is served by this version of Coxswain yet`);
    return;
  }
  const [first = '', version = '', name, ...rest] = key.split('/');
  if (version === '' || rest.length > 0) throw new Error(`runtime-config invalid key ${key}`);
  if (name !== undefined && name.toLowerCase() !== name)
    throw new Error(
      `invalid key ${key}: group/version/resource and resource is always lowercase plural, not ${JSON.stringify(name)}`,
    );
  const group = first === 'api' ? '' : first;
  const ofGroup = kinds.filter(({ resource }) => resource.group === group);
  if (ofGroup.length === 0) throw new Error(`unknown api groups ${first}/${version}`);
  const isServed = ofGroup.some(
    ({ resource }) => resource.version === version && (!name || resource.resource === name),
  );
  if (on && !isServed) throw new Error(`${key} is not served by this version of Coxswain yet`);
}
