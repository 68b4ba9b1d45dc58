import type { LineList } from '../line-list.ts';

/** A pod with most of what a description shows; it fits no node, so that nothing but the lines changes it. */
const pod = `apiVersion: v1
kind: Pod
metadata:
  name: big
  labels: {app: big, tier: front}
  annotations:
    short: word
    note: "line one\\nline two"
    long: ${'x'.repeat(160)}
spec:
  nodeSelector: {nowhere: "true"}
  serviceAccountName: default
  priorityClassName: high
  terminationGracePeriodSeconds: 5
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  readinessGates: [{conditionType: example.com/ready}]
  topologySpreadConstraints:
    - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: big}}}
    - {maxSkew: 2, topologyKey: host, whenUnsatisfiable: ScheduleAnyway}
  tolerations:
    - {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 60}
    - {operator: Exists}
    - {key: b, value: c, effect: NoSchedule}
  initContainers:
    - name: first
      image: busybox
      command: [sh, -c, "echo one\\necho two"]
    - {name: sidecar, image: proxy, restartPolicy: Always}
  containers:
    - name: main
      image: nginx:1.27
      command: [nginx]
      args: [-g, "daemon off;"]
      ports: [{containerPort: 80, name: http}, {containerPort: 443, hostPort: 8443}]
      securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/a.json}}
      resources: {limits: {cpu: 500m, memory: 128Mi}, requests: {cpu: 250m, memory: 64Mi}}
      livenessProbe: {httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3}
      readinessProbe: {exec: {command: [cat, /tmp/ready]}}
      startupProbe: {tcpSocket: {port: http}}
      envFrom:
        - configMapRef: {name: settings, optional: true}
        - {secretRef: {name: keys}, prefix: K_}
      env:
        - {name: PLAIN, value: word}
        - {name: MANY, value: "one\\ntwo"}
        - {name: EMPTY}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
        - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
        - {name: DISK, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}
        - {name: SECRET, valueFrom: {secretKeyRef: {name: keys, key: a}}}
        - {name: SETTING, valueFrom: {configMapKeyRef: {name: settings, key: a, optional: true}}}
      volumeMounts:
        - {name: scratch, mountPath: /z}
        - {name: config, mountPath: /a, readOnly: true, subPath: sub/path}
    - name: second
      image: busybox
      livenessProbe: {grpc: {port: 9000, service: health}}
      env: [{name: MEMORY, valueFrom: {resourceFieldRef: {containerName: main, resource: limits.memory}}}]
  volumes:
    - {name: scratch, emptyDir: {}}
    - {name: fast, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
    - {name: config, configMap: {name: settings}}
    - {name: keys, secret: {secretName: keys, optional: true}}
    - {name: host, hostPath: {path: /var/log, type: Directory}}
    - {name: any, hostPath: {path: /var}}
    - {name: claim, persistentVolumeClaim: {claimName: data, readOnly: true}}
    - {name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu}}]}}
    - {name: nfs, nfs: {server: 10.0.0.1, path: /export}}
    - {name: iscsi, iscsi: {targetPortal: "10.0.0.2:3260", iqn: "iqn.2001-04.com.example:storage", lun: 1, portals: ["10.0.0.3:3260"], secretRef: {name: chap}}}
    - {name: rbd, rbd: {monitors: ["10.0.0.4:6789", "10.0.0.5:6789"], image: disk}}
    - {name: ceph, cephfs: {monitors: ["10.0.0.4:6789"], secretRef: {name: ceph}}}
    - {name: fc, fc: {targetWWNs: [a1, b2], lun: 2}}
    - {name: csi, csi: {driver: inline.example.com, volumeAttributes: {b: "2", a: "1"}}}
    - {name: bare, csi: {driver: inline.example.com, fsType: ext4, readOnly: true}}
    - {name: art, image: {reference: example.com/art:1, pullPolicy: Always}}
    - {name: flex, flexVolume: {driver: example.com/flex, options: {k: v}}}
    - {name: azf, azureFile: {secretName: az, shareName: s}}
    - {name: azd, azureDisk: {diskName: d, diskURI: "https://d"}}
    - {name: gce, gcePersistentDisk: {pdName: d, partition: 1}}
    - {name: aws, awsElasticBlockStore: {volumeID: v, fsType: ext4}}
    - {name: cinder, cinder: {volumeID: v}}
    - {name: vs, vsphereVolume: {volumePath: p}}
    - {name: px, portworxVolume: {volumeID: v}}
    - {name: quo, quobyte: {registry: "r:1", volume: v}}
    - {name: sio, scaleIO: {gateway: "https://g", system: s, secretRef: {name: x}, volumeName: v}}
    - {name: sos, storageos: {volumeName: v}}
    - {name: git, gitRepo: {repository: "https://git", revision: abc}}
    - {name: gl, glusterfs: {endpoints: e, path: p}}
    - {name: pho, photonPersistentDisk: {pdID: p}}
    - {name: flo, flocker: {datasetName: d}}
    - name: own
      ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], storageClassName: slow, resources: {requests: {storage: 1Gi}}}}}
    - name: all
      projected:
        sources:
          - {secret: {name: keys}}
          - {configMap: {name: settings, optional: true}}
          - {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
          - {serviceAccountToken: {path: token, expirationSeconds: 3600}}
---
apiVersion: v1
kind: Pod
metadata: {name: big-little, labels: {app: big}}
spec:
  nodeSelector: {nowhere: "true"}
  resources: {limits: {cpu: "1"}, requests: {cpu: 500m}}
  containers: [{name: c, image: busybox}]
`;

const podStatus = JSON.stringify({
  status: {
    podIP: '10.9.9.9',
    podIPs: [{ ip: '10.9.9.9' }, { ip: 'fd00::9' }],
    hostIP: '10.9.0.1',
    startTime: '2026-01-02T03:04:05Z',
    reason: 'Tested',
    message: 'as it was told',
    containerStatuses: [
      {
        ...{ name: 'main', image: 'nginx:1.27', imageID: 'sha256:abc', ready: true },
        ...{ restartCount: 3, containerID: 'containerd://abc' },
        state: { running: { startedAt: '2026-01-02T03:04:05Z' } },
        lastState: {
          terminated: {
            ...{ exitCode: 137, reason: 'OOMKilled', signal: 9, message: 'too big' },
            ...{ startedAt: '2026-01-02T03:04:05Z', finishedAt: '2026-01-02T03:05:05Z' },
          },
        },
      },
      {
        ...{ name: 'second', image: 'busybox', imageID: '', ready: false, restartCount: 0 },
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'later' } },
      },
    ],
    initContainerStatuses: [
      {
        ...{ name: 'first', image: 'busybox', imageID: 'sha256:def', ready: true, restartCount: 0 },
        state: {
          terminated: {
            ...{ exitCode: 0, startedAt: '2026-01-02T03:04:05Z' },
            finishedAt: '2026-01-02T03:05:05Z',
          },
        },
      },
    ],
  },
});

const template = (name: string): string =>
  `{metadata: {labels: {app: ${name}}}, spec: {nodeSelector: {nowhere: "true"}, containers: [{name: c, image: busybox, ports: [{containerPort: 80}], env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}], volumes: [{name: v, emptyDir: {}}], tolerations: [{key: a, operator: Exists}]}}`;

const workloads = `apiVersion: apps/v1
kind: Deployment
metadata: {name: dep, labels: {app: dep}}
spec: {replicas: 2, minReadySeconds: 3, selector: {matchLabels: {app: dep}}, template: ${template('dep')}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: rec}
spec: {replicas: 0, strategy: {type: Recreate}, selector: {matchLabels: {app: rec}, matchExpressions: [{key: app, operator: In, values: [rec, other]}]}, template: ${template('rec')}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: set}
spec: {replicas: 1, selector: {matchLabels: {app: set}}, template: ${template('set')}}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: rc}
spec: {replicas: 1, selector: {app: rc}, template: ${template('rc')}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: sts}
spec:
  replicas: 2
  serviceName: sts
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
  selector: {matchLabels: {app: sts}}
  template: ${template('sts')}
  volumeClaimTemplates:
    - {metadata: {name: data, labels: {x: "y"}}, spec: {accessModes: [ReadWriteOnce], storageClassName: slow, resources: {requests: {storage: 1Gi}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ds}
spec: {selector: {matchLabels: {app: ds}}, template: ${template('ds')}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec: {suspend: true, completionMode: Indexed, completions: 5, parallelism: 2, activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 100, template: {spec: {restartPolicy: Never, priorityClassName: high, containers: [{name: c, image: busybox}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cron, annotations: {a: b}}
spec: {schedule: "0 4 1 1 *", suspend: true, timeZone: Etc/UTC, startingDeadlineSeconds: 30, jobTemplate: {spec: {activeDeadlineSeconds: 9, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pdb}
spec: {minAvailable: 50%, selector: {matchLabels: {app: dep}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pdb-max}
spec: {maxUnavailable: 1}
`;

const network = `apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: web, appProtocol: http}, {name: more, port: 443, targetPort: 8443}], sessionAffinity: ClientIP, externalIPs: [192.0.2.7]}
---
apiVersion: v1
kind: Service
metadata: {name: node}
spec: {type: LoadBalancer, loadBalancerIP: 192.0.2.8, externalTrafficPolicy: Local, healthCheckNodePort: 31009, loadBalancerSourceRanges: [192.0.2.0/24], trafficDistribution: PreferClose, ports: [{port: 80, nodePort: 31008}]}
---
apiVersion: v1
kind: Service
metadata: {name: ext}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None}
---
apiVersion: v1
kind: Endpoints
metadata: {name: eps, labels: {endpointslice.kubernetes.io/skip-mirror: "true"}}
subsets:
  - addresses: [{ip: 192.0.2.1}, {ip: 192.0.2.2}]
    notReadyAddresses: [{ip: 192.0.2.3}]
    ports: [{port: 80, name: w}, {port: 81, name: x}]
  - addresses: [{ip: 192.0.2.4}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: slice, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}, {name: more, port: 8443}]
endpoints:
  - {addresses: [192.0.2.11], conditions: {ready: true}, nodeName: n1, zone: z1, targetRef: {kind: Pod, name: p, namespace: default}}
  - {addresses: [192.0.2.12], conditions: {ready: false}, hostname: h}
  - {addresses: [192.0.2.13]}
  - {addresses: [192.0.2.14]}
  - {addresses: [192.0.2.15]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: void}
addressType: IPv6
endpoints: []
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: fancy}
spec: {controller: example.com/ingress, parameters: {apiGroup: example.com, kind: Params, name: x}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ing, annotations: {a: b}}
spec:
  ingressClassName: fancy
  defaultBackend: {service: {name: web, port: {number: 80}}}
  tls: [{hosts: [a.example.com, b.example.com], secretName: cert}, {hosts: [c.example.com]}]
  rules:
    - {host: a.example.com, http: {paths: [{path: /x, pathType: Prefix, backend: {service: {name: web, port: {name: more}}}}, {path: /y, pathType: Exact, backend: {service: {name: nothing, port: {number: 1}}}}]}}
    - {http: {paths: [{path: /z, pathType: Prefix, backend: {resource: {apiGroup: example.com, kind: Bucket, name: b}}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: plain}
spec: {defaultBackend: {service: {name: headless, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: policy}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
    - {from: [{podSelector: {}, namespaceSelector: {matchLabels: {a: b}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}}], ports: [{port: 80}, {port: 1000, endPort: 2000, protocol: UDP}]}
    - {}
  egress: []
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.99.0.0/24]}
`;

const address = `apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 192.0.2.99}
spec: {parentRef: {resource: services, namespace: default, name: web}}
`;

const storage = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: slow, annotations: {storageclass.kubernetes.io/is-default-class: "false"}}
provisioner: example.com/slow
parameters: {type: hdd, copies: "2"}
mountOptions: [debug, noatime]
allowVolumeExpansion: true
reclaimPolicy: Retain
volumeBindingMode: WaitForFirstConsumer
allowedTopologies:
  - matchLabelExpressions: [{key: zone, values: [a, b]}, {key: rack, values: [r1]}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: bare}
provisioner: example.com/bare
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: gold, annotations: {a: b}}
driverName: example.com/gold
parameters: {iops: "1000"}
---
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: csi-node}
spec: {drivers: [{name: a.example.com, nodeID: id-1, allocatable: {count: 5}, topologyKeys: [zone, rack]}, {name: b.example.com, nodeID: id-2}]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-csi, labels: {a: b}}
spec:
  capacity: {storage: 5Gi}
  accessModes: [ReadWriteMany, ReadWriteOnce]
  storageClassName: nothing
  csi: {driver: a.example.com, volumeHandle: h, fsType: ext4, volumeAttributes: {k: v, l: w}}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}, {key: disk, operator: Exists}]}]}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-host}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Delete, hostPath: {path: /tmp/x}, claimRef: {namespace: gone, name: gone}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-local}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOncePod], storageClassName: nothing, volumeMode: Block, local: {path: /mnt/d}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: h, operator: In, values: [x]}]}]}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-iscsi}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadOnlyMany], storageClassName: nothing, iscsi: {targetPortal: "10.0.0.2:3260", iqn: "iqn.2001-04.com.example:storage", lun: 0, secretRef: {name: s, namespace: near}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-azure}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadOnlyMany], storageClassName: nothing, azureFile: {secretName: s, shareName: t, secretNamespace: near}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-gluster}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadOnlyMany], storageClassName: nothing, glusterfs: {endpoints: e, path: p}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: slow, accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}, dataSource: {kind: PersistentVolumeClaim, name: old}}
`;

/** Asked for by alice of devs and ops, with names of four sorts. */
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIIBkDCCATYCAQAwZTELMAkGA1UEBhMCS1IxDjAMBgNVBAcMBVNlb3VsMQ0wCwYD
VQQKDARkZXZzMQwwCgYDVQQKDANvcHMxDDAKBgNVBAsMA2VuZzEOMAwGA1UEAwwF
YWxpY2UxCzAJBgNVBAUTAjQyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEci3A
c5bMvw3cB2kcQCCKoe2LQDaR6hidcHiKlaAKrKCwRaABONU8msIl1ii1TLVU2OPV
ObcV3pOP7Id/kghffqBvMG0GCSqGSIb3DQEJDjFgMF4wXAYDVR0RBFUwU4INYS5l
eGFtcGxlLmNvbYINYi5leGFtcGxlLmNvbYENYUBleGFtcGxlLmNvbYcEwAACAYcQ
IAENuAAAAAAAAAAAAAAAAYYMc3BpZmZlOi8veC95MAoGCCqGSM49BAMCA0gAMEUC
IGBPOCB1JlJPxr0bow59eJ9w7EVhGDWKV/1/tFDO7DHsAiEA6sJqH82MQwfWkD6R
bUFnoqzI9uZ74Z1d6nYFI//P8BI=
-----END CERTIFICATE REQUEST-----
`;

const rest = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {a: b}}
data: {z: last, a: "first\\nsecond\\n"}
binaryData: {bytes: AAEC}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
data: {a: aGVsbG8=, b: ""}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
imagePullSecrets: [{name: one}, {name: two}]
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: example.com/Thing, max: {example.com/gpu: "2"}}, {type: PersistentVolumeClaim, min: {storage: 1Gi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota}
spec: {hard: {services: "100", configmaps: "50", requests.storage: 100Gi}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: scoped}
spec: {hard: {pods: "100"}, scopes: [NotTerminating, BestEffort]}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high, annotations: {a: b}}
value: 1000
description: for the tests
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: role}
rules:
  - {apiGroups: ["", apps], resources: [pods, deployments/scale], verbs: [get, list]}
  - {apiGroups: [""], resources: [pods], verbs: [list, watch]}
  - {apiGroups: [""], resources: [secrets], resourceNames: [a, b], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: walk-role}
rules:
  - {nonResourceURLs: [/healthz, /metrics], verbs: [get, post]}
  - {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: binding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: role}
subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: walk-binding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: runc}
handler: runc
overhead: {podFixed: {cpu: 10m}}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lease}
spec: {holderIdentity: me, leaseDurationSeconds: 10}
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: alice, labels: {a: b}}
spec: {signerName: example.com/nobody, expirationSeconds: 3600, usages: [client auth], request: ${Buffer.from(request).toString('base64')}}
`;

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo]}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;

const boat = `apiVersion: example.com/v1
kind: Boat
metadata: {name: swan, labels: {a: b}}
spec: {podCIDRs: [10.0.0.0/8], apiURL: x, baseURLPath: "y", myUID: 1, sailed: true, nested: {deepField: null, list: [{a: 1}, {b: 2.5}, word]}, with-dash: 1, under_score: 2, HTTPServer: z, empty: {}, none: []}
`;

/** A pod of another source: its events are found by the annotation, so that one can be made for it. */
const mirror = `apiVersion: v1
kind: Pod
metadata: {name: mirror, annotations: {kubernetes.io/config.mirror: abc, kubernetes.io/config.source: file}}
spec: {nodeName: ghost, containers: [{name: c, image: busybox}]}
---
apiVersion: v1
kind: Event
metadata: {name: later}
involvedObject: {apiVersion: v1, kind: Pod, name: mirror, namespace: default, uid: abc, fieldPath: "spec.containers{c}"}
type: Warning
reason: Tested
message: "  it was seen "
source: {component: walker}
count: 3
firstTimestamp: "2026-01-02T03:04:05Z"
lastTimestamp: "2026-01-02T03:14:05Z"
---
apiVersion: v1
kind: Event
metadata: {name: sooner}
involvedObject: {apiVersion: v1, kind: Pod, name: mirror, namespace: default, uid: abc}
type: Normal
reason: Begun
message: once
reportingComponent: example.com/walker
reportingInstance: walker-1
action: Walking
eventTime: "2026-01-02T03:04:05.000000Z"
`;

const names = {
  pods: ['big', 'big-little'],
  deployments: ['dep', 'rec'],
  workloads: ['rs/set', 'rc/rc', 'sts/sts', 'ds/ds', 'job/job', 'cronjob/cron'],
};

/** Every kind that has a describer, prefix matches, files, selectors, events. */
export const describe: LineList = {
  name: 'describe',
  files: {
    ...{ 'pod.yaml': pod, 'status.json': podStatus, 'workloads.yaml': workloads },
    ...{ 'network.yaml': network, 'storage.yaml': storage, 'rest.yaml': rest },
    ...{ 'crd.yaml': crd, 'boat.yaml': boat, 'mirror.yaml': mirror, 'address.yaml': address },
  },
  lines: [
    'describe',
    'describe pods',
    'describe pods -A -l nothing=here',
    'describe pod nothing',
    'describe pod/nothing',
    'describe nothing',
    'describe pods -l app=x name',
    'apply -f rest.yaml -f storage.yaml',
    'apply -f network.yaml',
    'apply -f crd.yaml',
    'apply -f workloads.yaml',
    'apply -f pod.yaml',
    ...[
      ...['.status.unavailableReplicas}=2 deploy/dep', '.status.observedGeneration}=1 deploy/rec'],
      ...['.status.replicas}=1 rs/set rc/rc sts/sts', '.status.observedGeneration}=1 ds/ds'],
      ...['.status.conditions[0].type}=Suspended job/job', '.status.expectedPods}=2 pdb/pdb'],
      ...[
        '.status.observedGeneration}=1 pdb/pdb-max',
        '.status.conditions[0].status}=False pod/big',
      ],
      ...['.status.conditions[0].status}=False pod/big-little', '.status.phase}=Pending pvc/data'],
      ...['.status.phase}=Available pv --all', '.status.hard.services}=100 quota/quota'],
      ...[
        '.status.hard.pods}=100 quota/scoped',
        '.status.conditions[0].status}=True servicecidr/more',
      ],
    ].map((wish) => `wait --timeout=60s --for=jsonpath={${wish}`),
    'patch pod big --subresource status --type merge --patch-file status.json',
    'describe pod big --show-events=false',
    'describe pod/big-little --show-events=false',
    'describe pods -l app=big',
    'describe pod bi',
    'describe -f pod.yaml',
    'describe pods big big-little nothing',
    ...names.deployments.map((name) => `describe deployment ${name} --show-events=false`),
    ...names.workloads.map((name) => `describe ${name} --show-events=false`),
    'describe pdb',
    'describe svc web node ext headless',
    'describe endpoints eps',
    'describe endpointslice slice void',
    'describe ingressclass fancy',
    'describe ingress ing',
    'describe ingress plain',
    'describe netpol',
    'describe servicecidr more',
    'apply -f address.yaml',
    'describe ipaddress 192.0.2.99',
    'describe sc slow bare',
    'describe volumeattributesclass gold',
    'describe csinode csi-node',
    ...['csi', 'host', 'local', 'iscsi', 'azure', 'gluster'].map(
      (name) => `describe pv pv-${name} --show-events=false`,
    ),
    'describe pvc data --show-events=false',
    'describe cm settings',
    'describe secret keys',
    'describe sa robot',
    'describe limits limits',
    'describe quota quota scoped',
    'describe ns default',
    'describe priorityclass high',
    'describe role role',
    'describe clusterrole walk-role',
    'describe clusterrole system:node-proxier',
    'describe clusterroles',
    'describe rolebinding binding',
    'describe clusterrolebinding walk-binding',
    'describe csr alice',
    'describe runtimeclass runc',
    'describe lease lease',
    'describe crd boats.example.com',
    'describe flowschemas',
    'apply -f boat.yaml',
    'describe boat swan',
    'describe bo',
    'apply -f mirror.yaml',
    'describe pod mirror',
    'describe events later sooner',
    'describe cm -A -l a=b',
    'describe cm settings --chunk-size=1',
    'describe cm settings --show-events=maybe',
    'describe -f nothing.yaml',
    'describe cm settings -o yaml',
    'describe roles.v1.rbac.authorization.k8s.io role',
  ],
};
