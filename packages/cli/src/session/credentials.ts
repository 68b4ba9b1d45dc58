import { readFileSync } from 'node:fs';
import type { UserEntry } from '../config/kubeconfig.ts';
import type { Session } from './session.ts';

/** A token file is read again after so long, as client-go does. */
const tokenRereadMs = 10_000;

/** What a user's entry adds to every request. */
export interface Credentials {
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
}

export function credentials(user: UserEntry, { world }: Session): Credentials {
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  if (user.username || user.password) {
    const pair = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64');
    return { headers: () => Promise.resolve({ authorization: `Basic ${pair}` }) };
  }
  const { tokenFile } = user;
  if (user.token || !tokenFile)
    return { headers: () => Promise.resolve(user.token ? bearer(user.token) : {}) };
  let kept = '';
  let readAtMs = -Infinity;
  return {
    headers: () => {
      if (world.clock.now() - readAtMs >= tokenRereadMs) {
        kept = readFileSync(tokenFile, 'utf8').trim();
        readAtMs = world.clock.now();
      }
      return Promise.resolve(bearer(kept));
    },
  };
}
