import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CronJobs, Deployments, Jobs, Pods } from '@coxswain/api';
import { builtInKinds } from './index.ts';
import { runtimeConfig } from './runtime-config.ts';

const resources = [CronJobs, Deployments, Jobs, Pods];
const cases = [
  { name: 'nothing', text: '', off: [] },
  { name: 'a version', text: 'batch/v1=false', off: ['cronjobs', 'jobs'] },
  { name: 'a resource', text: 'batch/v1/jobs=false', off: ['jobs'] },
  { name: 'a resource of a version', text: 'batch/v1=false,batch/v1/jobs=true', off: ['cronjobs'] },
  { name: 'on without a value', text: 'apps/v1', off: [] },
  { name: 'stages that are not served', text: 'api/beta=false,api/alpha=false', off: [] },
] as const;

for (const { name, text, off } of cases)
  test(`runtime-config: ${name}`, () => {
    const isOff = runtimeConfig(text, builtInKinds);
    assert.deepEqual(
      resources.filter(isOff).map(({ resource }) => resource),
      off,
    );
  });

const refusals = {
  'api/all=false': 'invalid runtime-config with only api/all=false',
  'boats/v1=true': 'unknown api groups boats/v1',
  'apps/v1beta1=true': 'apps/v1beta1 is not served by this version of Coxswain yet',
  'api/beta=true': 'api/beta: no such version is served by this version of Coxswain yet',
  'api/v1=false': 'v1 cannot be turned off: the server needs it itself',
  'api/ga=false,apps/v1=true': 'v1 cannot be turned off: the server needs it itself',
  'apps=true': 'runtime-config invalid key apps',
  'apps/v1/Deployments=true':
    'invalid key apps/v1/Deployments: group/version/resource and resource is always lowercase plural, not "Deployments"',
  'apps/v1=maybe':
    'invalid value of apps/v1: maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax',
};

for (const [text, message] of Object.entries(refusals))
  test(`runtime-config: ${text} is refused`, () => {
    assert.throws(() => runtimeConfig(text, builtInKinds), { message });
  });
