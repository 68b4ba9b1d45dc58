/** What happens inside and around single pods: configuration, probes, init containers, crashes, jobs. */
import assert from 'node:assert/strict';
import {
  BatchV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1EndpointSlice,
  type V1Job,
  type V1Pod,
} from '@kubernetes/client-node';
import { applyExample, example } from '../testing/examples.ts';
import { allReady, mainContainer, nameOf } from '../testing/pods.ts';
import { execIn, logOf } from '../testing/streams.ts';
import { until } from '../testing/wait.ts';
import { walk } from '../testing/walk.ts';

/** Upstream's kubelets bring a change into a pod within a minute and a half. */
const configurationDeadlineMs = 90_000;

walk('pods', { runtime: 'containerd' }, (story) => {
  story('configuration is mounted, and changes are seen inside', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const core = cluster.api(CoreV1Api);
    const boat = { namespace, name: 'boat', container: 'boat' };
    const inside = async (...command: string[]): Promise<string> => {
      const { out, err, status } = await execIn(cluster, boat, command);
      assert.equal(status.status, 'Success', err);
      return out;
    };
    await step('files and environment', async () => {
      await applyExample(cluster, namespace, 'configuration');
      await scene.watch<V1Pod>('pods', { labels: 'app=boat' }, 'the pod is ready', allReady(1));
      assert.equal(await inside('cat', '/course/heading'), 'north');
      assert.equal(await inside('cat', '/course/crew.txt'), 'four rowers\none coxswain\n');
      assert.equal(await inside('cat', '/orders/password'), 'rudder');
      assert.equal(await inside('stat', '-Lc', '%a', '/orders/password'), '400\n');
      assert.equal(await inside('cat', '/about/labels'), 'app="boat"');
      assert.equal(await inside('sh', '-c', 'echo $ORDER, $PASSWORD'), 'boat goes north, rudder\n');
    });
    await step('a changed ConfigMap, Secret and label are seen in the files', async () => {
      const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      await core.patchNamespacedConfigMap(
        { name: 'course', namespace, body: { data: { heading: 'west' } } },
        merge,
      );
      await core.patchNamespacedSecret(
        { name: 'orders', namespace, body: { stringData: { password: 'anchor' } } },
        merge,
      );
      await core.patchNamespacedPod(
        { name: 'boat', namespace, body: { metadata: { labels: { speed: 'slow' } } } },
        merge,
      );
      const wanted = ['west', 'anchor', 'app="boat"\nspeed="slow"'];
      let seen: string[] = [];
      await until(
        'the new files',
        configurationDeadlineMs,
        async () => {
          const files = ['/course/heading', '/orders/password', '/about/labels'];
          seen = await Promise.all(files.map((file) => inside('cat', file)));
          return seen.every((text, at) => text === wanted[at]);
        },
        () => `seen inside: ${JSON.stringify(seen)}`,
      );
      // What a process was started with stays.
      assert.equal(await inside('sh', '-c', 'echo $ORDER'), 'boat goes north\n');
    });
    await step('a key that is missing holds a container back', async () => {
      await core.createNamespacedPod({
        namespace,
        body: {
          metadata: { name: 'lost' },
          spec: {
            containers: [
              {
                name: 'lost',
                image: 'coxswain.local/hello:1',
                env: [
                  { name: 'X', valueFrom: { configMapKeyRef: { name: 'course', key: 'none' } } },
                ],
              },
            ],
          },
        },
      });
      const [pod] = await scene.watch<V1Pod>(
        'pods',
        { fields: 'metadata.name=lost' },
        'CreateContainerConfigError',
        ([only]) =>
          only !== undefined &&
          mainContainer(only)?.state?.waiting?.reason === 'CreateContainerConfigError',
      );
      assert.equal(
        mainContainer(pod!)!.state!.waiting!.message,
        `couldn't find key none in ConfigMap ${namespace}/course`,
      );
    });
  });

  story('probes', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const probed = { namespace, name: 'probed', container: 'server' };
    const discovery = cluster.api(DiscoveryV1Api);
    const readyAddresses = (slices: readonly V1EndpointSlice[]): number =>
      slices
        .flatMap(({ endpoints }) => endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready === true).length;
    const slices = (what: string, count: number): Promise<readonly V1EndpointSlice[]> =>
      scene.watch<V1EndpointSlice>(
        'discovery.k8s.io/v1/endpointslices',
        { labels: 'kubernetes.io/service-name=probed' },
        what,
        (all) => readyAddresses(all) === count,
      );
    await step('ready: in the Service', async () => {
      await applyExample(cluster, namespace, 'probes');
      await scene.watch<V1Pod>('pods', { labels: 'app=probed' }, 'ready', allReady(1));
      await slices('one ready address', 1);
      let answer = '';
      await until(
        'the Service answers, also to its own pod',
        15_000,
        async () => {
          // By more than its name, which is also the pod's own host name.
          const command = ['timeout', '2', 'wget', '-qO-', `http://probed.${namespace}`];
          const { out, err } = await execIn(cluster, probed, command);
          answer = out + err;
          return out === 'Hello from probed\n';
        },
        () => answer,
      );
    });
    await step('not ready: out of the Service, still running', async () => {
      await execIn(cluster, probed, ['rm', '/tmp/ready']);
      await slices('no ready address', 0);
      const { items } = await discovery.listNamespacedEndpointSlice({ namespace });
      assert.equal(items[0]!.endpoints!.length, 1, 'the address stays, marked as not ready');
      await until('nobody answers at the Service', 15_000, async () => {
        const { status } = await execIn(cluster, probed, [
          'timeout',
          '2',
          'wget',
          '-qO-',
          `http://probed.${namespace}`,
        ]);
        return status.status === 'Failure';
      });
      const pod = await cluster.api(CoreV1Api).readNamespacedPod({ name: 'probed', namespace });
      assert.ok(mainContainer(pod)!.state!.running);
      assert.equal(mainContainer(pod)!.restartCount, 0);
    });
    await step('ready again: in again', async () => {
      await execIn(cluster, probed, ['touch', '/tmp/ready']);
      await slices('one ready address again', 1);
    });
    await step('not alive: restarted', async () => {
      await execIn(cluster, probed, ['rm', '/tmp/alive']);
      await scene.watch<V1Pod>(
        'pods',
        { labels: 'app=probed' },
        'restarted and ready',
        (pods) => allReady(1)(pods) && mainContainer(pods[0]!)!.restartCount === 1,
      );
      const events = await until('the events of a failed probe', 10_000, async () => {
        const { items } = await cluster.api(CoreV1Api).listNamespacedEvent({ namespace });
        const texts = items.map(({ reason, message }) => `${reason}: ${message}`);
        return texts.some((text) => text.startsWith('Killing: ')) ? texts : undefined;
      });
      assert.ok(
        events.includes('Killing: Container server failed liveness probe, will be restarted'),
        events.join('\n'),
      );
      assert.ok(events.some((text) => text.startsWith('Unhealthy: Liveness probe failed: ')));
    });
  });

  story('init containers, sidecars and crashes', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    await applyExample(cluster, namespace, 'sidecar');
    await applyExample(cluster, namespace, 'crash');
    await step('init containers in order, the sidecar beside', async () => {
      const [crew] = await scene.watch<V1Pod>(
        'pods',
        { fields: 'metadata.name=crew' },
        'all up',
        allReady(1),
      );
      const [prepare, sidecar] = crew!.status!.initContainerStatuses!;
      assert.equal(prepare!.state!.terminated!.reason, 'Completed');
      assert.ok(sidecar!.ready && sidecar!.started && sidecar!.state!.running);
      const text = await until('the log of main', 10_000, async () => {
        const text = await logOf(cluster, { namespace, name: 'crew', container: 'main' });
        return text.split('\n').length > 2 && text;
      });
      assert.equal(text, 'prepared\nHello from crew\n');
    });
    await step('a crash: message, exit code, previous log', async () => {
      const [crashed] = await scene.watch<V1Pod>(
        'pods',
        { fields: 'metadata.name=crash' },
        'a second life',
        ([only]) =>
          only !== undefined && allReady(1)([only]) && mainContainer(only)!.restartCount === 1,
      );
      const { exitCode, reason, message } = mainContainer(crashed!)!.lastState!.terminated!;
      assert.deepEqual(
        { exitCode, reason, message },
        { exitCode: 3, reason: 'Error', message: 'lost an oar\n' },
      );
      const crash = { namespace, name: 'crash', container: 'crash' };
      assert.equal(await logOf(cluster, crash, { previous: true }), 'first life\n');
      assert.equal(await logOf(cluster, crash), 'second life\n');
    });
  });

  story('a job', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const batch = cluster.api(BatchV1Api);
    await step('six completions, two at a time', async () => {
      await applyExample(cluster, namespace, 'job');
      let most = 0;
      await scene.watch<V1Job>('batch/v1/jobs', {}, 'the job is complete', ([job]) => {
        most = Math.max(most, job?.status?.active ?? 0);
        return (
          job?.status?.conditions?.some(
            ({ type, status }) => type === 'Complete' && status === 'True',
          ) ?? false
        );
      });
      const { status } = await batch.readNamespacedJob({ name: 'strokes', namespace });
      assert.deepEqual(
        { succeeded: status!.succeeded, indexes: status!.completedIndexes, most },
        { succeeded: 6, indexes: '0-5', most: 2 },
      );
      const { items } = await cluster.api(CoreV1Api).listNamespacedPod({ namespace });
      const logs = await Promise.all(
        items.map((pod) => logOf(cluster, { namespace, name: nameOf(pod), container: 'stroke' })),
      );
      assert.deepEqual(
        logs.toSorted(),
        Array.from({ length: 6 }, (_, at) => `stroke ${at}\n`),
      );
    });
    await step('its pods go with it', async () => {
      await batch.deleteNamespacedJob({
        name: 'strokes',
        namespace,
        propagationPolicy: 'Background',
      });
      await scene.watch<V1Pod>('pods', {}, 'no pod is left', (pods) => pods.length === 0);
    });
    await step('one that cannot succeed fails', async () => {
      await batch.createNamespacedJob({
        namespace,
        body: {
          metadata: { name: 'sinking' },
          spec: {
            backoffLimit: 0,
            ttlSecondsAfterFinished: 2,
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [
                  { name: 'sinking', image: 'coxswain.local/hello:1', command: ['false'] },
                ],
              },
            },
          },
        },
      });
      await scene.watch<V1Job>('batch/v1/jobs', {}, 'BackoffLimitExceeded', ([job]) =>
        Boolean(
          job?.status?.conditions?.some(
            ({ type, reason }) => type === 'Failed' && reason === 'BackoffLimitExceeded',
          ),
        ),
      );
      await scene.watch<V1Job>(
        'batch/v1/jobs',
        {},
        'gone after its time to live',
        (jobs) => jobs.length === 0,
      );
    });
  });

  story('a job with kubectl', { kubectl: true }, async ({ kubectl, step }) => {
    await step('create job, wait, logs', async () => {
      await kubectl('create job greet --image=coxswain.local/hello:1 -- echo ahoy');
      assert.equal(
        await kubectl('wait --for=condition=complete job/greet --timeout=60s'),
        'job.batch/greet condition met\n',
      );
      assert.equal(await kubectl('logs job/greet'), 'ahoy\n');
      assert.match(
        await kubectl('get job greet --no-headers'),
        /^greet +Complete +1\/1 +\S+ +\S+\n$/,
      );
    });
    await step('describe tells the story of a pod', async () => {
      await kubectl(['apply', '-f', example('probes')]);
      await kubectl('wait --for=condition=ready pod/probed --timeout=60s');
      const text = await kubectl('describe pod probed');
      for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started'])
        assert.match(text, new RegExp(`^  Normal +${reason} `, 'm'), text);
    });
  });
});
