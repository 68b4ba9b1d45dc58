/** Manifests of the list `describe`: what runs pods. */
/** A pod with most of what a description shows; it fits no node, so that nothing but the lines changes it. */
export const pod: string = `apiVersion: v1
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

export const podStatus: string = JSON.stringify({
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

export const workloads: string = `apiVersion: apps/v1
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
