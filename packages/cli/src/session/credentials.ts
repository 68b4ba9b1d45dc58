import { fileBytes } from '../command/file-faults.ts';
import type { ClusterEntry, UserEntry } from '../config/kubeconfig.ts';
import { ExecCredentials } from './exec-credentials.ts';
import { oidcSignIn } from './oidc.ts';
import type { Session } from './session.ts';

/** A token file is read again after so long, as client-go does. */
const tokenRereadMs = 10_000;

/** What says who asks: headers of the request, and the certificate of the connection where it is not of the kubeconfig. */
export interface Shown {
  readonly headers: Readonly<Record<string, string>>;
  readonly identity?: { readonly certificate: string; readonly key: string }; // PEM
}

/** How a user of the kubeconfig signs in. */
export interface Credentials {
  /** What goes with a request that is sent now. */
  readonly current: () => Promise<Shown>;
  /** The server answered that it does not know us. */
  readonly refused?: () => void;
}

const bearer = (token: string | undefined): Shown => ({
  headers: token ? { authorization: `Bearer ${token}` } : {},
});

/** Throws for users that cannot sign in at all. */
export function credentials(user: UserEntry, cluster: ClusterEntry, session: Session): Credentials {
  const hasCertificate = user['client-certificate'] || user['client-certificate-data'];
  if (user.username || user.password) {
    const pair = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64');
    return { current: async () => ({ headers: { authorization: `Basic ${pair}` } }) };
  }
  if (user.token) return { current: async () => bearer(user.token) };
  if (user.tokenFile) return fromFile(user.tokenFile, session);
  if (user.exec && !hasCertificate) {
    const exec = new ExecCredentials(user.exec, cluster, session);
    return {
      current: async () => {
        const { token, certificate, key } = await exec.current();
        return { ...bearer(token), ...(certificate && key && { identity: { certificate, key } }) };
      },
      refused: () => exec.forget(),
    };
  }
  if (user['auth-provider']) {
    const token = oidcSignIn(user['auth-provider'], session);
    return { current: async () => bearer(await token()) };
  }
  return { current: async () => bearer(undefined) };
}

const tokenIn = (path: string): string => fileBytes(path).toString().trim();

function fromFile(path: string, { world }: Session): Credentials {
  let kept = '';
  let readAtMs = -Infinity;
  return {
    current: async () => {
      if (world.clock.now() - readAtMs >= tokenRereadMs) {
        kept = tokenIn(path);
        readAtMs = world.clock.now();
      }
      return bearer(kept);
    },
  };
}
