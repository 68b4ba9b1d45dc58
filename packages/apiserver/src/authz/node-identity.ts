import type { UserInfo } from '@coxswain/api';

const prefix = 'system:node:';

/** The node that a user in the group `system:nodes` is: its name, '' when it cannot be told, undefined for everybody else. */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith(prefix) || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice(prefix.length);
}
