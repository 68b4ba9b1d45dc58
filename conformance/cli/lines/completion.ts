import type { LineList } from '../line-list.ts';

const completed = (line: string): string => `__completeNoDesc ${line}`;

const manifests = `apiVersion: v1
kind: Pod
metadata: {name: boat, namespace: default}
spec:
  initContainers: [{name: prep, image: x}]
  containers:
  - {name: hull, image: x, ports: [{name: web, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}
  - {name: sail, image: x, ports: [{containerPort: 9090}]}
---
apiVersion: v1
kind: Pod
metadata: {name: barge, namespace: default}
spec: {containers: [{name: only, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ferry, namespace: harbour}
spec: {containers: [{name: deck, image: x, ports: [{containerPort: 70}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: fleet, namespace: default}
spec:
  serviceName: fleet
  selector: {matchLabels: {app: fleet}}
  template:
    metadata: {labels: {app: fleet}}
    spec: {containers: [{name: oar, image: x, ports: [{containerPort: 81}, {containerPort: 82}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: fleet, namespace: default}
spec: {selector: {app: fleet}, ports: [{name: a, port: 180, targetPort: 81}, {name: b, port: 443, targetPort: 82}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: pilot, namespace: default}
`;

/** What shells are offered: types, names, containers, ports, flags and their values. */
export const completion: LineList = {
  name: 'completion',
  files: { 'fleet.yaml': manifests, 'boards/a.txt': '', 'boat.txt': '' },
  lines: [
    'create ns harbour',
    'apply -f fleet.yaml',
    'wait pod boat barge fleet-0 --for=condition=Ready --timeout=60s',
    'wait -n harbour pod ferry --for=condition=Ready --timeout=60s',
    ...[
      ...[
        'exec boat -c ""',

        'exec boat -c=h',
        'exec boat --container=',
        'exec -c ""',
      ],
      ...[
        'exec -c "" boat',

        'exec sts/fleet -c ""',
        'exec svc/fleet -c o',
      ],
      ...['exec -n harbour ferry -c ""', 'exec ferry -n harbour -it -c d'],
      ...[
        'exec boat ""',
        'exec b',

        'exec pod/b',
        'exec po/boat -c ""',
        'exec -n harbour ""',
      ],
      ...['exec boat -- l', 'exec boat -- --l', 'exec boat -it -- ""', 'exec nothing/x -c ""'],
      ...[
        'logs boat ""',

        'logs sts/fleet ""',
        'logs boat hull ""',
        'logs d',
        'logs b',
      ],
      ...[
        'logs boat -p h',

        'logs pods/boat ""',
      ],
      ...['attach ""', 'attach b', 'attach svc/f'],
      ...[
        'port-forward ""',
        'port-forward boat ""',
        'port-forward boat 8',
        'port-forward boat 90:',
      ],
      ...['port-forward svc/fleet ""', 'port-forward service/fleet 5'],
      ...['port-forward sts/fleet ""', 'port-forward boat 8080:8080 ""'],
      ...['port-forward none ""', 'port-forward -n harbour ferry ""'],
      ...[
        'cp ""',
        'cp b',
        'cp boa',
        'cp h',
        'cp harbour/',
        'cp harbour/f',

        'cp ./',
        'cp /e',
      ],
      ...['cp boat:', 'cp boat:/x ""', 'cp z'],
      ...['debug ""', 'debug pod b', 'debug pod/b', 'debug boat ""'],
      ...['get ""', 'get po', 'get pods,se', 'get pods,services,'],
      ...['get pods boat ""', 'get pods boat barge ""', 'get pod/boat ""', 'get pod/boat po'],
      ...['get pod/boat pod/', 'get pod/boat pod/b', 'get pod/boat sts/', 'get po,svc ""'],
      ...['get -A pods ""', 'get pods -A ""'],
      ...['get statefulsets.apps ""', 'get statefulset.v1.apps f'],
      ...['get nothing/', 'get --', 'get -', 'get -o', 'get -ow', 'get -o=j'],
      ...['get --output ""', 'get --subresource ""', 'get pods -l ""'],
      ...['get -nh'],
      ...['get -n=h', 'get --context', 'get --show-labels --show', 'get -Ao ""'],
      ...[
        'get pods -w -',
        'get --no-headers --no',
        'get --help ""',

        'get --bad ""',
      ],
      ...['get --chunk-size x ""', 'get --user ""', 'get --cluster ""', 'get -- p'],
      ...[
        'describe po boat ba',

        'describe pod -n harbour ""',
      ],
      ...['delete pod boat ""', 'delete -f ""', 'delete --cascade ""'],
      ...['edit sts ""', 'patch po b', 'patch --subresource ""'],
      ...[
        'label pod boat ""',

        'annotate svc ""',
        'annotate svc/fl',
        'label --',
      ],
      ...['scale ""', 'scale --replicas=1 ""', 'scale --replicas=1 statefulset ""'],
      ...['scale --replicas=1 statefulset/', 'scale --replicas=1 sts/fleet ""', 'autoscale ""'],
      ...['autoscale --max=3 ""', 'expose ""', 'expose se'],
      ...['rollout ""', 'rollout status ""', 'rollout status statefulset ""'],
      ...['rollout status statefulset fleet ""', 'rollout status statefulset/fleet ""'],
      ...['rollout pause ""', 'rollout resume ""'],
      ...[
        'rollout restart statefulset/fleet ""',
        'rollout restart statefulset/fleet d',
        'rollout x ""',
      ],
      ...['set ""', 'set image ""', 'set image statefulsets ""', 'set image statefulsets/fleet ""'],
      ...[
        'set image statefulsets fleet ""',

        'taint ""',
        'taint node ""',
        'taint nodes n',
      ],
      ...[
        'cordon ""',
        'uncordon x ""',

        'top ""',

        'top node ""',
      ],
      ...['top pod boat ""'],
      ...[
        'create token ""',

        'create token pilot ""',
        'create clusterrolebinding x --c',
      ],
      ...[
        'create clusterrolebinding x --clusterrole=vi',
        'create clusterrolebinding x --clusterrole adm',
      ],
      ...[
        'create clusterrolebinding x ""',
        'create deployment x ""',
        'create deployment x --image=a --r',
      ],
      ...['create cronjob c --image=x --'],
      ...['create service externalname x ""', 'create -f ""', 'create -f x.yaml ""'],
      ...[
        'create secret generic x --from',

        'run x ""',
      ],
      ...[
        'apply ""',

        'apply view-last-applied po',
      ],
      ...[
        'apply edit-last-applied pod ""',
        'apply set-last-applied -f ""',

        'apply -k ""',
      ],
      ...['config set-context ""', 'config set-context x --namespace ""'],
      ...['config set-context --user ""'],
      ...['config set-cluster x --certificate-authority ""', 'config delete-context none ""'],
      ...['config rename-context a ""', 'config set-credentials x --c'],
      ...[
        'auth ""',

        'auth can-i ""',
      ],
      ...['auth reconcile -f ""', 'certificate approve --'],
      ...['completion z', 'completion bash ""', 'plugin ""'],
      ...[
        'api-resources ""',

        'api-resources -o ""',

        'kuberc ""',
      ],
      ...[
        'kustomize ""',

        'replace -f ""',

        'events ""',
      ],
      ...[
        'events --for ""',
        'wait --f',

        'help ""',
      ],
      ...[
        'help config ""',
        'nothing ""',

        '-',
        '--',
        '--v',
        '-n ""',
      ],
      ...['-n harbour get pods ""', '-n harbour exec f', '--namespace=harbour logs ferry ""'],
      ...['--kubeconfig ""', '--context=', '-s', '-v ""'],
    ].map(completed),
    'completion bash x',
    'completion nothing',
    '__complete exec boat -c ""',
    '__complete port-forward boat ""',
    '__complete get pods b',
    '__complete config use-context ""',
    '__complete',
    '__completeNoDesc',
  ],
};
