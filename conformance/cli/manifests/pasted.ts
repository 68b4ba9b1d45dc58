/** Manifests as the mission's readers paste them, traps included. */
export const pasted: Readonly<Record<string, string>> = {
  'taint-quotes.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: quoted
spec:
  tolerations:
  - key: "key"
    operator: "Equal"
    value: "value
    effect: "NoSchedule"
  containers:
  - name: a
    image: busybox:1
`,
  'exists-quotes.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: quoted
spec:
  containers:
  - name: a
    image: busybox:1
  tolerations:
  - key: "key"
    operator: "Exists
    effect: "NoSchedule"
`,
  'exist.yaml': `apiVersion: v1
kind: Pod
metadata: {name: exist}
spec:
  containers: [{name: a, image: "busybox:1"}]
  tolerations: [{key: key, operator: Exist, effect: NoSchedule}]
`,
  'tol.yaml': `apiVersion: v1
kind: Pod
metadata: {name: tol}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: a, image: "nginx:1"}]
  tolerations:
  - {key: key, operator: Equal, value: value, effect: NoSchedule}
  - {key: other, operator: Exists}
  - {key: third, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
`,
  'master.yaml': `apiVersion: v1
kind: Pod
metadata: {name: master}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: a, image: "nginx:1"}]
  tolerations:
  - {key: key, operator: Equal, value: value, effect: NoSchedule}
  - {key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}
  - {key: third, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
`,
  'node-affinity.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: with-node-affinity
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - key: kubernetes.io/e2e-az-name
            operator: In
            values:
            - e2e-az1
            - e2e-az2
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        preference:
          matchExpressions:
          - key: another-node-label-key
            operator: In
            values:
            - another-node-label-value
  containers:
  - name: with-node-affinity
    image: k8s.gcr.io/pause:2.0
`,
  'node-anti.yaml': `apiVersion: v1
kind: Pod
metadata: {name: anti}
spec:
  affinity: {nodeAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}
  containers: [{name: a, image: "busybox:1"}]
`,
  'selector.yaml': `apiVersion: v1
kind: Pod
metadata: {name: picky}
spec:
  nodeSelector: {disktype: ssd}
  containers: [{name: a, image: "busybox:1"}]
`,
  'pod-affinity.yaml': `apiVersion: v1
kind: Pod
metadata: {name: with-pod-affinity}
spec:
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - labelSelector: {matchExpressions: [{key: security, operator: In, values: [S1]}]}
        topologyKey: cloud/zone
  containers: [{name: a, image: "busybox:1"}]
`,
  'redis.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: redis-cache}
spec:
  selector: {matchLabels: {app: store}}
  replicas: 3
  template:
    metadata: {labels: {app: store}}
    spec:
      terminationGracePeriodSeconds: 1
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector: {matchExpressions: [{key: app, operator: In, values: [store]}]}
            topologyKey: "kubernetes.io/hostname"
      containers:
      - {name: redis-server, image: "redis:3.2-alpine"}
`,
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web-server}
spec:
  selector: {matchLabels: {app: web-store}}
  replicas: 3
  template:
    metadata: {labels: {app: web-store}}
    spec:
      terminationGracePeriodSeconds: 1
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector: {matchExpressions: [{key: app, operator: In, values: [web-store]}]}
            topologyKey: "kubernetes.io/hostname"
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector: {matchExpressions: [{key: app, operator: In, values: [store]}]}
            topologyKey: "kubernetes.io/hostname"
      containers:
      - {name: web-app, image: "nginx:1.12-alpine"}
`,
  'hpa-v2beta2.yaml': `apiVersion: autoscaling/v2beta2
kind: HorizontalPodAutoscaler
metadata:
  name: api-server
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api-server
  minReplicas: 1
  maxReplicas: 10
  metrics:
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: 50
`,
  'hpa-v2beta1.yaml': `apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
metadata:
  name: api-server
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api-server
  minReplicas: 1
  maxReplicas: 10
  metrics:
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: 50
`,
  'vpa-v1beta2.yaml': `apiVersion: autoscaling.k8s.io/v1beta2
kind: VerticalPodAutoscaler
metadata:
  name: my-app-vpa
spec:
  targetRef:
    apiVersion: "extensions/v1beta1"
    kind: Deployment
    name: my-app
  updatePolicy:
    updateMode: "Auto"
`,
  'psp.yaml': `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: example}
spec: {privileged: false, seLinux: {rule: RunAsAny}, runAsUser: {rule: RunAsAny}, fsGroup: {rule: RunAsAny}, supplementalGroups: {rule: RunAsAny}}
`,
  'ext.yaml': `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: old}
spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}
`,
  'apps-v1beta1.yaml': `apiVersion: apps/v1beta1
kind: Deployment
metadata: {name: old}
spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}
`,
  'ingress-old.yaml': `apiVersion: extensions/v1beta1
kind: Ingress
metadata:
  name: example-ingress
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}
spec:
  tls: [{hosts: [example.com], secretName: example-tls-secret}]
  rules:
  - host: example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: example-service, port: {number: 80}}}}]}
`,
  'ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: example-ingress
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}
spec:
  tls: [{hosts: [example.com], secretName: example-tls-secret}]
  rules:
  - host: example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: example-service, port: {number: 80}}}}]}
`,
  'docker.yaml': `apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  containers: [{name: a, image: "docker:1", volumeMounts: [{name: d, mountPath: /var/run/docker.sock}]}]
  volumes: [{name: d, hostPath: {path: /var/run/docker.sock}}]
`,
  'dag.py': `from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
with DAG('ml_workflow') as dag:
    KubernetesPodOperator(task_id='run', image='python:3.8', resources={'request_cpu': '500m'})
`,
  'safe.yaml': `apiVersion: v1
kind: Pod
metadata: {name: safe, annotations: {cluster-autoscaler.kubernetes.io/safe-to-evict: "True"}}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: a, image: "nginx:1"}]}
`,
  'safe-label.yaml': `apiVersion: v1
kind: Pod
metadata: {name: safel, labels: {cluster-autoscaler.kubernetes.io/safe-to-evict: "true"}}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: a, image: "nginx:1"}]}
`,
  'deploy.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx, labels: {app: nginx}}
spec:
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: nginx, image: "nginx:1", ports: [{containerPort: 80}]}]
`,
  'pvc.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`,
};
