import type { Command } from '../../command/command.ts';

/** `kubectl set`. */
export const set: Command = {
  name: 'set',
  usage: 'set SUBCOMMAND',
  summary: 'Change single things of objects that run pods, and of bindings and services',
  flags: {},
  commands: [
    {
      name: 'env',
      summary: 'Change or list the environment variables of containers',
      load: async () => (await import('./env.ts')).env,
    },
    {
      name: 'image',
      summary: 'Change the images of containers',
      load: async () => (await import('./image.ts')).image,
    },
    {
      name: 'resources',
      summary: 'Change what containers ask for and may use',
      load: async () => (await import('./resources.ts')).resources,
    },
    {
      name: 'selector',
      summary: 'Change the labels that a service finds its pods by',
      load: async () => (await import('./selector.ts')).selector,
    },
    {
      name: 'serviceaccount',
      aliases: ['sa'],
      summary: 'Change the service account that pods run as',
      load: async () => (await import('./service-account.ts')).serviceAccount,
    },
    {
      name: 'subject',
      summary: 'Add users, groups and service accounts to bindings of roles',
      load: async () => (await import('./subject.ts')).subject,
    },
  ],
};
