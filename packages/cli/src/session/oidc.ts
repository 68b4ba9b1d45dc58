import { readFileSync } from 'node:fs';
import { openWire, textOf } from '@coxswain/client/http';
import { CannotConnect } from '../command/failure.ts';
import { editKubeconfig } from '../config/edit-kubeconfig.ts';
import type { UserEntry } from '../config/kubeconfig.ts';
import { viaOf } from './proxy.ts';
import type { Session } from './session.ts';

type Provider = NonNullable<UserEntry['auth-provider']>;
type Settings = Readonly<Record<string, string>>;

/** A token that ends within this time is as good as none. */
const expiryDeltaMs = 10_000;
/** Of an answer that tells of a failure, so much is shown. */
const shownMax = 80;

/** Providers that client-go had once, with what takes their place. */
const gone: Readonly<Record<string, string>> = {
  azure:
    'the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.\nSee https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins',
  gcp: 'the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.\nSee https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke',
};

/**
 * The ID token of a user of the auth provider `oidc`: the one of the kubeconfig while it is valid, then a new one by
 * the refresh token, which is kept in the kubeconfig. Throws for other providers.
 */
export function oidcSignIn({ name, config }: Provider, session: Session): () => Promise<string> {
  if (gone[name])
    throw new Error(
      `The ${name} auth plugin has been removed.\nPlease use ${gone[name]} for further details`,
    );
  if (name !== 'oidc') throw new Error(`no Auth Provider found for name ${JSON.stringify(name)}`);
  let settings: Settings = config ?? {};
  for (const key of ['idp-issuer-url', 'client-id'])
    if (!settings[key]) throw new Error(`Must provide ${key}`);
  let refreshing: Promise<Settings> | undefined;
  const sign = async (): Promise<string> => {
    const kept = settings['id-token'];
    if (kept && expiryMs(kept) > session.world.clock.now() + expiryDeltaMs) return kept;
    if (!settings['refresh-token'])
      throw new Error('No valid id-token, and cannot refresh without refresh-token');
    refreshing ??= refreshed(settings, session);
    try {
      settings = await refreshing;
    } finally {
      refreshing = undefined;
    }
    return settings['id-token']!;
  };
  return () =>
    sign().catch((cause: Error) => {
      throw new CannotConnect(cause.message, { cause });
    });
}

function expiryMs(token: string): number {
  const parts = token.split('.');
  if (parts.length !== 3) throw new Error('ID Token is not a valid JWT');
  try {
    const claims = JSON.parse(Buffer.from(parts[1]!, 'base64url').toString('utf8')) as {
      readonly exp?: number;
    };
    return Math.trunc(claims.exp ?? 0) * 1000;
  } catch (cause) {
    throw new Error(`parsing claims: ${(cause as Error).message}`, { cause });
  }
}

async function refreshed(settings: Settings, session: Session): Promise<Settings> {
  const issuer = settings['idp-issuer-url']!.replace(/\/$/, '');
  const metadata = await asked(settings, session, `${issuer}/.well-known/openid-configuration`);
  if (metadata.status !== 200)
    throw new Error(
      `oidc: failed to query metadata endpoint ${metadata.status}: ${JSON.stringify(cut(metadata.text))}`,
    );
  const { token_endpoint: endpoint } = parsed(metadata.text) as { token_endpoint?: string };
  if (!endpoint) throw new Error("oidc: discovery object doesn't contain a token_endpoint");
  const answer = await asked(settings, session, endpoint, {
    ...{ grant_type: 'refresh_token', refresh_token: settings['refresh-token']! },
    client_id: settings['client-id']!,
    ...(settings['client-secret'] && { client_secret: settings['client-secret'] }),
  });
  if (answer.status !== 200)
    throw new Error(
      `failed to refresh token: oauth2: cannot fetch token: ${answer.status}\nResponse: ${cut(answer.text)}`,
    );
  const tokens = parsed(answer.text) as { id_token?: unknown; refresh_token?: string };
  if (typeof tokens.id_token !== 'string')
    throw new Error(
      'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response',
    );
  const renewed = {
    ...settings,
    'id-token': tokens.id_token,
    ...(tokens.refresh_token && { 'refresh-token': tokens.refresh_token }),
  };
  keep(renewed, session);
  return renewed;
}

const cut = (text: string): string =>
  text.length > shownMax ? `${text.slice(0, shownMax)}...` : text;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `oidc: failed to decode provider discovery object: ${(cause as Error).message}`,
      { cause },
    );
  }
}

async function asked(
  settings: Settings,
  { world, signal, env }: Session,
  url: string,
  form?: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const { origin, pathname, search } = new URL(url);
  const data = settings['idp-certificate-authority-data'];
  const file = settings['idp-certificate-authority'];
  const ca = data
    ? Buffer.from(data, 'base64').toString('utf8')
    : file && readFileSync(file, 'utf8');
  using wire = openWire(
    { url: origin, ...(ca && { ca }), via: viaOf(origin, undefined, env) },
    world.clock,
  );
  const answer = await wire.send({
    ...{ method: form ? 'POST' : 'GET', target: `${pathname}${search}`, signal },
    headers: {
      accept: 'application/json',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    body: form && new URLSearchParams(form).toString(),
  });
  return { status: answer.status, text: await textOf(answer.body) };
}

function keep(settings: Settings, session: Session): void {
  const { global, env } = session;
  const { userName } = session.config();
  try {
    editKubeconfig(
      { explicit: global.kubeconfig, env },
      ({ users }) => {
        const user = users.get(userName);
        const provider = user?.['auth-provider'];
        if (provider)
          users.set(userName, { ...user, 'auth-provider': { ...provider, config: settings } });
      },
      { relativize: false },
    );
  } catch (cause) {
    throw new Error(`could not persist new tokens: ${(cause as Error).message}`, { cause });
  }
}
