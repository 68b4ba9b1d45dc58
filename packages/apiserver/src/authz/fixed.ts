import type { Authorizer } from './authorizer.ts';

/** Members of this group may do anything, whatever the modes: upstream's privileged group. */
export const superusers: Authorizer = {
  name: 'SystemMasters',
  authorize: (user) =>
    user.groups.includes('system:masters')
      ? { decision: 'allow', reason: '' }
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
