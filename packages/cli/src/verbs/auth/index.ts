import type { Command } from '../../command/command.ts';

/** `kubectl auth`. */
export const auth: Command = {
  name: 'auth',
  usage: 'auth [flags]',
  summary: 'Ask who one is and what one may do, and reconcile roles',
  flags: {},
  commands: [
    {
      name: 'can-i',
      summary: 'Ask whether something is allowed',
      load: async () => (await import('./can-i.ts')).canI,
    },
    {
      name: 'reconcile',
      summary: 'Bring roles and bindings to what files say, without taking away more than asked',
      load: async () => (await import('./reconcile.ts')).reconcile,
    },
    {
      name: 'whoami',
      summary: 'Say who the server takes you for',
      load: async () => (await import('./who-am-i.ts')).whoAmI,
    },
  ],
};
