import { hostname } from 'node:os';
import { forbidden, type Resource, SubjectAccessReviews, type UserInfo } from '@coxswain/api';
import type { ResourceAttributes, SubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import { createApiServer } from '@coxswain/apiserver';
import { clientCertificates, ClientTrust } from '@coxswain/apiserver/authn';
import { alwaysAllow } from '@coxswain/apiserver/authz';
import { issue } from '@coxswain/apiserver/certificates';
import { listen } from '@coxswain/apiserver/listen';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { delegatedAuthentication } from '@coxswain/kubelet/server';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { type Kept, whyReview, whyReviewKind } from '@coxswain/why';
import { readPem } from './read-pem.ts';
import type { ComponentOptions, Remote } from './serve-component.ts';

/** As long as a kubelet's own certificate. */
const servingMs = 365 * 86_400_000;

interface WhyServerWanted {
  readonly world: World;
  /** The component's own client of its cluster. */
  readonly client: Client;
  /** PEM of who may vouch for callers. */
  readonly clientCa: string | undefined;
  readonly kept: Kept;
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the reasons of a component that runs alone, at the path that a whole cluster has for them. Its cluster says who calls
 * (TokenReview) and what they may read (SubjectAccessReview): nobody is told more here than there.
 */
async function serveWhy(
  wanted: WhyServerWanted,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { world, client, clientCa = '', kept, host, port } = wanted;
  await using stack = new AsyncDisposableStack();
  const authenticate = delegatedAuthentication(client, world);
  const byToken = {
    name: 'delegated',
    authenticate: ({
      headers,
      signal,
    }: {
      headers: Readonly<Record<string, string | undefined>>;
      signal: AbortSignal;
    }) => authenticate({ certificate: undefined, authorization: headers['authorization'] }, signal),
  };
  const byCertificate = clientCa ? [clientCertificates(new ClientTrust(clientCa), world)] : [];
  const server = stack.use(
    createApiServer({
      world,
      storage: stack.use(openMemoryStorage(world)),
      kinds: [],
      parts: () => ({
        authenticators: [...byCertificate, byToken],
        authorizers: [alwaysAllow], // what is asked about is checked with every look
        admission: [],
      }),
    }),
  );
  const nowMs = (): number => world.clock.now();
  const clientOf = (user: UserInfo): Client => onBehalf(client, user);
  server.addReview(whyReviewKind(), whyReview({ ...kept, nowMs, clientOf }));
  const pair = issue({
    ...{ commonName: 'why', use: 'server', names: [hostname().toLowerCase(), host] },
    notBeforeMs: nowMs(),
    notAfterMs: nowMs() + servingMs,
  });
  const addresses = [{ host, port }];
  const listener = stack.use(
    await listen(server, { addresses, ...pair, clientAuthorities: clientCa }),
  );
  const url = `https://${host}:${listener.addresses[0]!.port}`;
  const moved = stack.move();
  return { url, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** What a component alone keeps is asked of it at a port of its own. */
export async function whyOf(
  { listen: host, whyPort: port, clientCaFile }: ComponentOptions,
  { world, client, ca }: Pick<Remote, 'world' | 'client' | 'ca'>,
  kept: Kept,
): Promise<AsyncDisposable> {
  const clientCa = clientCaFile === undefined ? ca : await readPem('client-ca-file', clientCaFile);
  const serving = await serveWhy({ world, client, clientCa, kept, host, port });
  world.log.info('why is answered', { at: serving.url });
  return serving;
}

/** Reads as the component may, but only what `user` may read too; writes nothing. */
function onBehalf(client: Client, { name, groups, uid, extra }: UserInfo): Client {
  const check = async (wants: ResourceAttributes, signal: AbortSignal): Promise<void> => {
    const spec = {
      ...{ user: name, groups, resourceAttributes: wants },
      ...(uid && { uid }),
      ...(extra && { extra }),
    };
    const review = { metadata: { name: '' }, spec } as SubjectAccessReview;
    const { status } = await client.create(SubjectAccessReviews, review, { signal });
    const { group = '', resource = '', name: of = '' } = wants;
    if (!status?.allowed)
      throw forbidden(
        { group, resource, name: of },
        `User ${JSON.stringify(name)} may not read it`,
      );
  };
  const of = ({ group, version, resource }: Resource) => ({ group, version, resource });
  return {
    ...client,
    async get(resource, object, at) {
      const { namespace = '' } = at;
      await check({ verb: 'get', ...of(resource), namespace, name: object }, at.signal);
      return client.get(resource, object, at);
    },
    async list(resource, at) {
      await check({ verb: 'list', ...of(resource), namespace: at.namespace ?? '' }, at.signal);
      return client.list(resource, at);
    },
    async raw(call) {
      const pod = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(call.path);
      if (pod) {
        const [, namespace = '', object = ''] = pod;
        const log = { verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log' };
        await check({ ...log, namespace, name: object }, call.signal);
      } else if (call.method === 'POST') {
        const [, , group = '', version = '', resource = ''] = call.path.split('/');
        await check({ verb: 'create', group, version, resource }, call.signal);
      }
      return client.raw(call);
    },
  };
}
