import type { CommandEntry } from '../command/command.ts';

/** Every verb of kubectl that is there, loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'get',
    suggestFor: ['list', 'ls'],
    summary: 'Show one or many resources',
    load: async () => (await import('./get.ts')).get,
  },
];
