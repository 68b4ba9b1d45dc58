/** Our own sentences in English; their marks are those of `sentence`. */
export const convert = {
  changed: '{title}: {from} -> {to}[ (removed in {release})]',
  touched: '{title}:',
  lost: '{title}: {from} was removed in {release} and has no successor; left as it is',
};

/** What was changed in a manifest beyond its version. */
export const notes = {
  kept: '{field}: {value}, the default of the old version',
  renamed: '{from} is now {to}',
  replaced: '{field}: {from} -> {to}',
  dropped: '{field} is left out; there is no such field to set any more',
  selector: 'spec.selector: the labels of the pod template, which were the selector by default',
  labels: 'metadata.labels: the labels of the pod template, as it was by default',
  backend: '{field}: serviceName and servicePort are now service.name and service.port ({service})',
  'path-type':
    'pathType: ImplementationSpecific for {paths#path|paths}, the default of the old version',
  moved: '{field}: its values stand in {to} now',
  'listed-version': 'spec.version is now the only one of spec.versions ({version})',
  'open-schema':
    'x-kubernetes-preserve-unknown-fields: true in the schema, for fields it does not name were kept; a complete schema does without',
  'conversion-webhook': 'spec.conversion.webhook holds the webhook now',
  'protected-group':
    'CHECK: groups of k8s.io need the annotation api-approved.kubernetes.io, with the URL of the approval',
  topology: '{field} is now zone, nodeName and deprecatedTopology',
  'matches-none':
    'spec.selector: an expression that no pod matches; empty, it would now mean all pods',
  signer: 'CHECK: spec.signerName: {signer}, by its usages; there is no default any more',
  'unknown-signer': 'CHECK: spec.signerName has to be chosen; {signer} only holds its place',
  'side-effects':
    'CHECK: sideEffects: None for webhook {webhook}[ (it said {from})]; it must change nothing beside its answer',
  'instead-of-psp':
    'instead: Pod Security Admission, by labels such as pod-security.kubernetes.io/enforce=baseline on namespaces, or a ValidatingAdmissionPolicy',
  'instead-of-rollback': 'instead: rollout undo',
  'instead-of-audit-sink': 'instead: an audit policy and webhook by the flags of the API server',
  'instead-of-preset': 'instead: a MutatingAdmissionPolicy or a mutating webhook',
  'instead-of-resource-class':
    'instead: a DeviceClass of resource.k8s.io/v1, and claims whose requests name it',
  'instead-of-pod-scheduling': 'instead: nothing; the scheduler allocates devices by itself',
  'instead-of-cluster-cidr': 'instead: the ranges that the network plugin gives to nodes',
};

export type NoteName = keyof typeof notes;

/** What is told while a line waits, at a terminal only. */
export const waiting = {
  gone: 'waiting for {left} to go: {what}',
};

/** What teaches after a line, at a terminal only. */
export const hints = {
  prefix: 'hint:',
  'single-dash': 'long flags have two dashes: {flag} ({given} is read as {short} with a value)',
  flag: 'did you mean {flag}?',
  verb: 'did you mean: {verb}?',
  kind: 'did you mean {kind}?',
  name: 'did you mean {name}?',
  namespace: '{name} is in namespace {namespace}: add -n',
  removed:
    '{version} {kind} was removed[ in {release}]; it is {to} today. `cox convert -f FILE` rewrites manifests',
  'removed-for-good':
    '{version} {kind} was removed in {release} and has no successor; `cox convert -f FILE` says what to do instead',
  'node-anti-affinity':
    'there is no nodeAntiAffinity: use nodeAffinity with the operator NotIn or DoesNotExist',
  'open-quote': 'line {line} opens a quote that it does not close',
  'target-version': 'the target is a {kind} of {version}, which is gone: it is {to} today',
  airflow: 'Airflow 3 has no webserver of its own: its service is {release}-api-server',
  'airflow-image':
    "airflow.image.* is of the community's chart: the official one has images.airflow.repository, .tag and .pullPolicy",
  helm: 'charts are for helm itself; `helm template NAME CHART` writes manifests for apply -f -',
  'pod-operator':
    'KubernetesPodOperator is imported from airflow.providers.cncf.kubernetes.operators.pod now, and takes container_resources in place of resources',
  docker:
    'nodes run no Docker since 1.24: there is no docker.sock and no /var/lib/docker on them; containers are those of a CRI runtime such as containerd',
  exist: 'the operator is spelled Exists',
  'update-mode': 'for recommendations only, updateMode is "Off"',
  'no-cluster': 'no cluster is configured: `cox up` starts one, or give --kubeconfig',
  'other-namespaces': 'this looked in namespace {namespace} only; -A looks in all',
  annotation: '{key} counts as an annotation, not as a label',
  'safe-to-evict':
    'safe-to-evict: "true" lets the cluster autoscaler remove the pod with its node; "false" keeps both',
  master:
    'node-role.kubernetes.io/master is gone since 1.25: use node-role.kubernetes.io/control-plane',
  'old-registry': 'k8s.gcr.io gets no images any more: use registry.k8s.io',
  'ingress-nginx':
    'ingress-nginx was retired in March 2026, and {key} means nothing to other controllers: name yours in spec.ingressClassName, and say it in its own way',
  'ingress-class':
    'ingress {name} names no class: without spec.ingressClassName only a default IngressClass takes it up',
};

export type HintName = Exclude<keyof typeof hints, 'prefix'>;
