/**
 * A busy hour of a cluster from the seed in `argv`: roll-outs, cron jobs, nodes that fail and come back. Prints a digest of every
 * revision of its store, and how many there were. With `trace`, a line for each, to find where two runs part.
 */
import { createHash } from 'node:crypto';
import { startCluster } from '../../index.ts';
import { insideOf } from '../start-cluster.ts';

const deployment = (name: string, replicas: number, image: string): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image, ports: [{ containerPort: 80 }] }] },
    },
  },
});
const others = `
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: '*/5 * * * *'
  jobTemplate:
    spec:
      template:
        spec: { restartPolicy: Never, containers: [{ name: c, image: i, command: [sleep, '20'] }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 3
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: c, image: 'db:1' }] }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Secret
metadata: { name: token, annotations: { kubernetes.io/service-account.name: default } }
type: kubernetes.io/service-account-token
`;

const seed = Number(process.argv[2] ?? 1);
const isTraced = process.argv[3] === 'trace';
await using cluster = await startCluster({ nodes: 4, seed });
const { storage } = insideOf(cluster);
const hash = createHash('sha256');
let revisions = 0;
const reading = (async () => {
  for await (const batch of storage.watch('/', 0, cluster.signal))
    for (const seen of batch) {
      if (seen.type === 'progress') continue;
      const { key, revision, value } = seen.entry;
      hash.update(`${seen.type} ${key} ${revision}\n`).update(value);
      revisions++;
      if (isTraced) {
        const text = createHash('sha256').update(value).digest('hex').slice(0, 12);
        console.log(seen.type, revision, key, text, new Date(cluster.clock.now()).toISOString());
      }
    }
})().catch((error: unknown) => {
  if (!cluster.signal.aborted) throw error;
});
await cluster.apply([deployment('web', 12, 'web:1'), deployment('api', 6, 'api:1')] as never);
await cluster.apply(others);
for (const [at, step] of [
  () => cluster.apply([deployment('web', 12, 'web:2')] as never),
  () => cluster.fault('Node', 'node-2', 'partition'),
  () => cluster.apply([deployment('web', 20, 'web:2')] as never),
  () => cluster.fault('Node', 'node-2'),
  () => cluster.apply([deployment('api', 3, 'api:2')] as never),
  () => cluster.fault('Node', 'node-3', 'notready'),
  () => cluster.delete('Deployment', 'web'),
  () => cluster.fault('Node', 'node-3'),
].entries()) {
  await cluster.advance('7m');
  await step();
  if (at % 2) await cluster.settle();
}
await cluster.advance('4m');
await cluster.settle();
console.log(`${revisions} ${hash.digest('hex')}`);
void reading;
