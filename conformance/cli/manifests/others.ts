/** Manifests of the list `describe`: networks, storage, rules and kinds of our own. */
export const network: string = `apiVersion: v1
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

export const address: string = `apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 192.0.2.99}
spec: {parentRef: {resource: services, namespace: default, name: web}}
`;

export const storage: string = `apiVersion: storage.k8s.io/v1
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

export const rest: string = `apiVersion: v1
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

export const crd: string = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo]}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;

export const boat: string = `apiVersion: example.com/v1
kind: Boat
metadata: {name: swan, labels: {a: b}}
spec: {podCIDRs: [10.0.0.0/8], apiURL: x, baseURLPath: "y", myUID: 1, sailed: true, nested: {deepField: null, list: [{a: 1}, {b: 2.5}, word]}, with-dash: 1, under_score: 2, HTTPServer: z, empty: {}, none: []}
`;

/** A pod of another source: its events are found by the annotation, so that one can be made for it. */
export const mirror: string = `apiVersion: v1
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
