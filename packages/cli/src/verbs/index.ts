import type { CommandEntry } from '../command/command.ts';

/** Every verb of kubectl that is there, loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'get',
    suggestFor: ['list', 'ls'],
    summary: 'Show one or many resources',
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'describe',
    suggestFor: ['inspect'],
    summary: 'Show all there is to know of objects, what happened to them included',
    load: async () => (await import('./describe/describe.ts')).describe,
  },
  {
    name: 'apply',
    summary: 'Bring objects to what files say, creating those that are not there',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'delete',
    suggestFor: ['rm', 'remove'],
    summary: 'Delete objects by files, names or labels',
    load: async () => (await import('./delete.ts')).deleteCommand,
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
    name: 'patch',
    summary: 'Change single fields of an object',
    load: async () => (await import('./patch.ts')).patch,
  },
  {
    name: 'scale',
    summary: 'Set the number of replicas',
    load: async () => (await import('./scale.ts')).scale,
  },
  {
    name: 'config',
    summary: 'Look at kubeconfig files and change them',
    load: async () => (await import('./config/index.ts')).config,
  },
  {
    name: 'logs',
    summary: 'Show the logs of containers',
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    name: 'exec',
    summary: 'Run a command in a container',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'attach',
    summary: 'Talk with what runs in a container',
    load: async () => (await import('./attach.ts')).attach,
  },
  {
    name: 'wait',
    summary: 'Wait until objects are as they should be',
    load: async () => (await import('./wait/wait.ts')).wait,
  },
];
