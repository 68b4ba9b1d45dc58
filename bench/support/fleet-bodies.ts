/** Deployments of the size that large clusters hold: each pod is 2.5 kB as written. */
import type { Deployment } from '@coxswain/api/types/apps-v1';

const text = (length: number, seed: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7 + seed * 13) % 26))).join('');

const probe = (path: string) => ({ httpGet: { path, port: 8080 }, periodSeconds: 10 });

const container = {
  name: 'web',
  image: 'registry.example/team/web:1.2.3',
  imagePullPolicy: 'IfNotPresent' as const,
  args: ['--port=8080', '--log-level=info'],
  env: [
    ...Array.from({ length: 14 }, (_, at) => ({ name: `VAR_${at}`, value: text(40, at) })),
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' as const }],
  resources: {
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
  },
  livenessProbe: probe('/healthz'),
  readinessProbe: probe('/readyz'),
  volumeMounts: [
    { name: 'cache', mountPath: '/var/cache/web' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

export function fleetDeployment(name: string, namespace: string, replicas: number): Deployment {
  const labels = { app: name };
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels: { ...labels, 'app.kubernetes.io/part-of': 'bench', tier: 'backend' },
          annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': text(64, 5) },
        },
        spec: {
          containers: [container],
          securityContext: { fsGroup: 2000 },
          volumes: [
            { name: 'cache', emptyDir: {} },
            { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
          ],
        },
      },
    },
  };
}
