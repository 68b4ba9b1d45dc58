/** Objects of the size that real clusters hold: what the API server's load is made of. */

const text = (length: number, seed: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7 + seed * 13) % 26))).join('');

const labels = {
  'app.kubernetes.io/name': 'bench',
  'app.kubernetes.io/part-of': 'bench',
  tier: 'backend',
};

export function configMap(metadata: object, keys = 4, size = 440): string {
  const data = Object.fromEntries(
    Array.from({ length: keys }, (_, at) => [`key-${at}`, text(size, at)]),
  );
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { labels, ...metadata }, data };
  return JSON.stringify(object);
}

const probe = (path: string): object => ({
  httpGet: { path, port: 8080 },
  initialDelaySeconds: 5,
  periodSeconds: 10,
});

const web = {
  name: 'web',
  image: 'registry.example/team/web:1.2.3',
  imagePullPolicy: 'IfNotPresent',
  args: ['--port=8080', '--log-level=info'],
  env: [
    ...Array.from({ length: 12 }, (_, at) => ({ name: `VAR_${at}`, value: text(40, at) })),
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
  resources: {
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
  },
  livenessProbe: probe('/healthz'),
  readinessProbe: probe('/readyz'),
  volumeMounts: [
    { name: 'config', mountPath: '/etc/web' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

const proxy = {
  name: 'sidecar',
  image: 'registry.example/team/proxy:4.5.6',
  args: ['--upstream=127.0.0.1:8080'],
  ports: [{ containerPort: 9090, name: 'metrics', protocol: 'TCP' }],
  resources: { requests: { cpu: '10m', memory: '32Mi' } },
};

const spread = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        labelSelector: { matchLabels: { app: 'web' } },
        topologyKey: 'kubernetes.io/hostname',
      },
    },
  ],
};

/** A pod with two containers, probes, volumes and affinity, that no scheduler takes. */
export const pod = (): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'web-5d9f7c6b8-',
      labels: { app: 'web', 'pod-template-hash': '5d9f7c6b8', ...labels },
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': text(64, 5) },
    },
    spec: {
      schedulerName: 'nobody',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
      containers: [web, proxy],
      volumes: [
        { name: 'config', configMap: { name: 'web-config' } },
        { name: 'tmp', emptyDir: {} },
      ],
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'web', effect: 'NoSchedule' }],
      affinity: { podAntiAffinity: spread },
    },
  });
