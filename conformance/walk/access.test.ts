/** Who may do what: impersonation, service accounts and their tokens, RBAC, anonymous requests. */
import assert from 'node:assert/strict';
import { ApiException, AuthorizationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { WalkCluster } from '../testing/cluster.ts';
import { applyExample, example } from '../testing/examples.ts';
import { run } from '../testing/run.ts';
import { walk } from '../testing/walk.ts';

/** The cluster as the holder of a token sees it. */
function withToken(cluster: WalkCluster, token?: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster.config().getCurrentCluster()!, {
    name: 'holder',
    ...(token !== undefined && { token }),
  });
  return config;
}

async function refused(
  work: Promise<unknown>,
): Promise<{ readonly code: number; readonly message: string }> {
  const error = await work.then(
    () => assert.fail('it should be refused'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ApiException, String(error));
  // client-node reads no body of a 401.
  const body: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
  const { message } = (body ?? { message: 'Unauthorized' }) as { readonly message: string };
  return { code: error.code, message };
}

walk('access', { runtime: 'simulated' }, (story) => {
  story('a token that may only list pods', {}, async ({ cluster, namespace, step }) => {
    await applyExample(cluster, namespace, 'access');
    const core = cluster.api(CoreV1Api);
    const { status } = await core.createNamespacedServiceAccountToken({
      ...{ name: 'lookout', namespace },
      body: { spec: { audiences: [], expirationSeconds: 600 } },
    });
    const lookout = withToken(cluster, status!.token).makeApiClient(CoreV1Api);
    const user = `system:serviceaccount:${namespace}:lookout`;
    await step('it lists', async () => {
      assert.deepEqual((await lookout.listNamespacedPod({ namespace })).items, []);
    });
    await step('and nothing else', async () => {
      assert.deepEqual(await refused(lookout.readNamespacedPod({ namespace, name: 'x' })), {
        code: 403,
        message: `pods "x" is forbidden: User "${user}" cannot get resource "pods" in API group "" in the namespace "${namespace}"`,
      });
      assert.deepEqual(await refused(lookout.listNamespacedSecret({ namespace })), {
        code: 403,
        message: `secrets is forbidden: User "${user}" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
      });
      assert.deepEqual(await refused(lookout.listNode()), {
        code: 403,
        message: `nodes is forbidden: User "${user}" cannot list resource "nodes" in API group "" at the cluster scope`,
      });
    });
    await step('a review says so too', async () => {
      const review = async (verb: string): Promise<boolean> => {
        const { status } = await cluster.api(AuthorizationV1Api).createSubjectAccessReview({
          body: { spec: { user, resourceAttributes: { namespace, verb, resource: 'pods' } } },
        });
        return status!.allowed;
      };
      assert.deepEqual([await review('list'), await review('delete')], [true, false]);
    });
    await step('with the account goes the token', async () => {
      await core.deleteNamespacedServiceAccount({ name: 'lookout', namespace });
      assert.equal((await refused(lookout.listNamespacedPod({ namespace }))).code, 401);
    });
    await step('no token: what upstream gives to anonymous, no more', async () => {
      const anonymous = withToken(cluster).makeApiClient(CoreV1Api);
      assert.deepEqual(await refused(anonymous.listNamespacedPod({ namespace })), {
        code: 403,
        message: `pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
      });
      const { server } = cluster.config().getCurrentCluster()!;
      const { out } = await run(['curl', '-sk', `${server}/version`]);
      assert.match(out, /"gitVersion": "v1\.36\./);
    });
    await step('a wrong token is nobody', async () => {
      const nobody = withToken(cluster, 'not.a.token').makeApiClient(CoreV1Api);
      assert.deepEqual(await refused(nobody.listNamespacedPod({ namespace })), {
        code: 401,
        message: 'Unauthorized',
      });
    });
  });

  story('with kubectl', { kubectl: true }, async (scene) => {
    const { cluster, kubectl, namespace, step } = scene;
    const user = `system:serviceaccount:${namespace}:lookout`;
    await kubectl(['apply', '-f', example('access')]);
    await step('auth can-i --as', async () => {
      assert.equal(await kubectl(`auth can-i list pods --as=${user}`), 'yes\n');
      for (const words of ['delete pods', 'list secrets', 'list nodes', '* *']) {
        const args = ['-n', namespace, 'auth', 'can-i', ...words.split(' '), `--as=${user}`];
        const { code, out } = await cluster.tryKubectl(args);
        assert.deepEqual([words, code, out], [words, 1, 'no\n']);
      }
      assert.equal(await kubectl(['auth', 'can-i', '*', '*']), 'yes\n');
      assert.match(
        await kubectl(`auth can-i --list --as=${user}`),
        /^pods +\[\] +\[\] +\[list\]$/m,
      );
    });
    await step('auth whoami', async () => {
      assert.match(await kubectl('auth whoami'), /^Username +kubernetes-admin$/m);
    });
    await step('create token, used', async () => {
      const token = (await kubectl('create token lookout --duration=10m')).trim();
      const as = [
        '--kubeconfig=/dev/null',
        `--server=${(await cluster.status()).endpoint}`,
        '--insecure-skip-tls-verify',
        `--token=${token}`,
      ];
      const ran = await cluster.tryKubectl([...as, '-n', namespace, 'get', 'pods']);
      assert.deepEqual([ran.code, ran.err], [0, `No resources found in ${namespace} namespace.\n`]);
      const other = await cluster.tryKubectl([...as, '-n', namespace, 'get', 'services']);
      assert.equal(
        other.err,
        `Error from server (Forbidden): services is forbidden: User "${user}" cannot list resource "services" in API group "" in the namespace "${namespace}"\n`,
      );
    });
    await step('nobody gives away what he has not', async () => {
      await kubectl(
        `create rolebinding lookout-edits --clusterrole=edit --serviceaccount=${namespace}:lookout`,
      );
      const err = await scene.kubectlFails(
        `create role too-much --verb=* --resource=roles.rbac.authorization.k8s.io --as=${user}`,
      );
      assert.match(err, /forbidden/);
      assert.equal(await kubectl(`auth can-i create deployments.apps --as=${user}`), 'yes\n');
    });
  });
});
