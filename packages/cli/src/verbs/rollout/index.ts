import { type Command, entryOf } from '../../command/command.ts';
import { history } from './history.ts';
import { paceCommands } from './pace.ts';
import { status } from './status.ts';
import { undo } from './undo.ts';

/** `kubectl rollout`. */
export const rollout: Command = {
  name: 'rollout',
  usage: 'rollout SUBCOMMAND',
  summary: 'Watch, stop, repeat and take back the rollouts of deployments and their like',
  flags: {},
  alone: { stream: 'out' },
  commands: [history, ...paceCommands, status, undo].map(entryOf),
};
