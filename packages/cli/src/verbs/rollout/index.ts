import type { Command, CommandEntry } from '../../command/command.ts';

const pace = (name: string, summary: string): CommandEntry => ({
  ...{ name, summary },
  load: async () =>
    (await import('./pace.ts')).paceCommands.find((command) => command.name === name)!,
});

/** `kubectl rollout`. */
export const rollout: Command = {
  name: 'rollout',
  usage: 'rollout SUBCOMMAND',
  summary: 'Watch, stop, repeat and take back the rollouts of deployments and their like',
  flags: {},
  alone: { stream: 'out' },
  commands: [
    {
      name: 'history',
      summary: 'Show the revisions of a deployment, daemon set or stateful set',
      load: async () => (await import('./history.ts')).history,
    },
    pace('pause', 'Stop rolling out changes of a deployment for now'),
    pace('restart', 'Replace all pods, one after the other, by new ones of the same template'),
    pace('resume', 'Go on with a deployment that was paused'),
    {
      name: 'status',
      summary: 'Tell how far a rollout is, until it is over',
      load: async () => (await import('./status.ts')).status,
    },
    {
      name: 'undo',
      summary: 'Go back to what ran before',
      load: async () => (await import('./undo.ts')).undo,
    },
  ],
};
