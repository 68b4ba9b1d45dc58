import type { CommandEntry } from '../command/command.ts';

/** Every verb of kubectl that is there, in kubectl's order, which suggestions show; loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'create',
    summary: 'Create objects from files, or of a kind by its flags',
    load: async () => (await import('./create/index.ts')).create,
  },
  {
    name: 'expose',
    summary: 'Create a service for a pod, service, deployment or the like',
    load: async () => (await import('./expose.ts')).expose,
  },
  {
    name: 'run',
    summary: 'Run a pod of an image',
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'set',
    summary: 'Change single things of objects that run pods, and of bindings and services',
    load: async () => (await import('./set/index.ts')).set,
  },
  {
    name: 'explain',
    summary: 'Tell what a kind and its fields mean',
    load: async () => (await import('./explain/explain.ts')).explain,
  },
  {
    name: 'get',
    suggestFor: ['list', 'ls'],
    summary: 'Show one or many resources',
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'edit',
    summary: 'Edit objects of the server in an editor',
    load: async () => (await import('./edit/edit.ts')).edit,
  },
  {
    name: 'delete',
    suggestFor: ['rm', 'remove'],
    summary: 'Delete objects by files, names or labels',
    load: async () => (await import('./delete.ts')).deleteCommand,
  },
  {
    name: 'rollout',
    summary: 'Watch, stop, repeat and take back the rollouts of deployments and their like',
    load: async () => (await import('./rollout/index.ts')).rollout,
  },
  {
    name: 'scale',
    summary: 'Set the number of replicas',
    load: async () => (await import('./scale.ts')).scale,
  },
  {
    name: 'autoscale',
    summary: 'Let the number of pods follow how busy they are',
    load: async () => (await import('./autoscale.ts')).autoscale,
  },
  {
    name: 'certificate',
    summary: 'Approve or deny requests for certificates',
    load: async () => (await import('./certificate.ts')).certificate,
  },
  {
    name: 'cluster-info',
    summary: 'Show where the control plane and cluster services are',
    load: async () => (await import('./cluster-info/index.ts')).clusterInfo,
  },
  {
    name: 'top',
    suggestFor: ['stats'],
    summary: 'Show how much CPU and memory nodes and pods use',
    load: async () => (await import('./top/top.ts')).top,
  },
  {
    name: 'cordon',
    summary: 'Let no new pods onto a node',
    load: async () => (await import('./drain/cordon.ts')).cordon,
  },
  {
    name: 'uncordon',
    summary: 'Let pods onto a node again',
    load: async () => (await import('./drain/cordon.ts')).uncordon,
  },
  {
    name: 'drain',
    summary: 'Move all pods away from a node, as their disruption budgets allow',
    load: async () => (await import('./drain/drain.ts')).drain,
  },
  {
    name: 'taint',
    summary: 'Change the taints of nodes',
    load: async () => (await import('./taint.ts')).taint,
  },
  {
    name: 'describe',
    suggestFor: ['inspect'],
    summary: 'Show all there is to know of objects, what happened to them included',
    load: async () => (await import('./describe/describe.ts')).describe,
  },
  {
    name: 'logs',
    summary: 'Show the logs of containers',
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    name: 'attach',
    summary: 'Talk with what runs in a container',
    load: async () => (await import('./attach.ts')).attach,
  },
  {
    name: 'exec',
    summary: 'Run a command in a container',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'port-forward',
    summary: 'Carry connections to local ports on to a pod',
    load: async () => (await import('./port-forward/port-forward.ts')).portForward,
  },
  {
    name: 'proxy',
    summary: 'Serve the API on a local port without any sign-in',
    load: async () => (await import('./proxy/proxy.ts')).proxy,
  },
  {
    name: 'cp',
    summary: 'Copy files and folders to and from containers',
    load: async () => (await import('./cp/cp.ts')).cp,
  },
  {
    name: 'auth',
    summary: 'Ask who one is and what one may do, and reconcile roles',
    load: async () => (await import('./auth/index.ts')).auth,
  },
  {
    name: 'debug',
    summary: 'Look into pods and nodes with containers made for it',
    load: async () => (await import('./debug/debug.ts')).debug,
  },
  {
    name: 'events',
    summary: 'List events, the latest last',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'diff',
    summary: 'Show what an apply would change',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'apply',
    summary: 'Bring objects to what files say, creating those that are not there',
    load: async () => (await import('./apply/index.ts')).apply,
  },
  {
    name: 'patch',
    summary: 'Change single fields of an object',
    load: async () => (await import('./patch.ts')).patch,
  },
  {
    name: 'replace',
    summary: 'Put what files say in the place of whole objects',
    load: async () => (await import('./replace.ts')).replace,
  },
  {
    name: 'wait',
    summary: 'Wait until objects are as they should be',
    load: async () => (await import('./wait/wait.ts')).wait,
  },
  {
    name: 'kustomize',
    summary: 'Build a kustomization from a folder or a repository',
    load: async () => (await import('./kustomize.ts')).kustomize,
  },
  {
    name: 'convert',
    summary: 'Rewrite manifests of removed API versions for the versions of today',
    isOurs: true,
    load: async () => (await import('./convert/index.ts')).convert,
  },
  {
    name: 'label',
    summary: 'Change the labels of objects',
    load: async () => (await import('./label.ts')).label,
  },
  {
    name: 'annotate',
    summary: 'Change the annotations of objects',
    load: async () => (await import('./annotate.ts')).annotate,
  },
  {
    name: 'completion',
    summary: 'Print the script that completes words in a shell: bash, zsh, fish or powershell',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'api-resources',
    summary: 'List the resources that the server serves, with their short names and kinds',
    load: async () => (await import('./api-resources.ts')).apiResources,
  },
  {
    name: 'api-versions',
    summary: 'List the API versions that the server serves, as group/version',
    load: async () => (await import('./api-versions.ts')).apiVersions,
  },
  {
    name: 'config',
    summary: 'Look at kubeconfig files and change them',
    load: async () => (await import('./config/index.ts')).config,
  },
  {
    name: 'kuberc',
    summary: 'Show and change what you prefer: aliases, defaults of flags, credential plugins',
    load: async () => (await import('./kuberc/index.ts')).kuberc,
  },
  {
    name: 'plugin',
    summary: 'Programs beside this one that are commands of it',
    load: async () => (await import('./plugin.ts')).plugin,
  },
  {
    name: 'version',
    summary: 'Show the versions of client and server',
    load: async () => (await import('./version.ts')).version,
  },
  {
    name: 'options',
    summary: 'List the flags that every command has',
    load: async () => (await import('./options.ts')).options,
  },
  {
    name: 'help',
    summary: 'Say what a command does',
    load: async () => (await import('./help.ts')).help,
  },
];
