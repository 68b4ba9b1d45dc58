import type { LineList } from '../line-list.ts';

const completed = (line: string): string => `__completeNoDesc ${line}`;

/** Versions, the cluster, plugins, and what shells complete. */
export const about: LineList = {
  name: 'about',
  files: {},
  lines: [
    ...['version', 'version --client', 'version -o foo', 'version a', 'version --client a'],
    ...['cluster-info', 'cluster-info x', 'cluster-info -n nowhere', 'cluster-info dump -o foo'],
    "cluster-info dump --namespaces default -o jsonpath='{.kind} '",
    'cluster-info dump -A --output-directory=state -o yaml',
    ...['plugin list', 'plugin x', 'nothing', '-n x hello', 'completion', 'completion csh'],
    'completion bash zsh',
    ...[
      ...['get ns ""', 'get ns d', 'get ns/', 'get ns/k', 'get --n', 'get -o j', 'get -o ""'],
      ...['config use-context ""', 'logs ""', 'exec ""', 'logs po', 'create r', 'create ""'],
      ...['get po -n ""', 'get po -n kube-s', 'get --namespace=k', 'get -f ""', 'get -n x -f ""'],
      ...['delete ns default ""', '--con', 'con', '""', 'scale --replicas ""', 'get nothing ""'],
      ...['patch sa de', 'describe no/nothing', '-n default get sa ""', 'config ""'],
      ...[
        'config delete-user ""',
        '--context ""',
        'get --context ""',
        'cordon nowhere',
        'scale ""',
      ],
      ...['scale deploy', 'create deployment --', 'config set-context --cu', 'version ""'],
    ].map(completed),
  ],
};
