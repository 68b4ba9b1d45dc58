import type { Authorizer } from './authorizer.ts';

/** Members of this group may do anything, whatever the modes: upstream's privileged group. */
export const superusers: Authorizer = {
  name: 'SystemMasters',
  authorize: (user) =>
    user.groups.includes('system:masters')
      ? { decision: 'allow', reason: '' }
      : { decision: 'no-opinion', reason: '' },
};

/** Whoever is known may ask why: the answer is made of what they may read. */
export const askers: Authorizer = {
  name: 'Askers',
  authorize: ({ groups }, { verb, group, resource }) =>
    verb === 'create' &&
    group === 'coxswain.dev' &&
    resource === 'whyreviews' &&
    groups.includes('system:authenticated')
      ? { decision: 'allow', reason: 'anybody may ask why' }
      : { decision: 'no-opinion', reason: '' },
};

export const alwaysAllow: Authorizer = {
  name: 'AlwaysAllow',
  authorize: () => ({ decision: 'allow', reason: '' }),
};

export const alwaysDeny: Authorizer = {
  name: 'AlwaysDeny',
  authorize: () => ({ decision: 'no-opinion', reason: 'Everything is forbidden.' }),
};
