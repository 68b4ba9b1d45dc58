import { type Command, entryOf } from '../../command/command.ts';
import { canI } from './can-i.ts';
import { reconcile } from './reconcile.ts';
import { whoAmI } from './who-am-i.ts';

/** `kubectl auth`. */
export const auth: Command = {
  name: 'auth',
  usage: 'auth [flags]',
  summary: 'Ask who one is and what one may do, and reconcile roles',
  flags: {},
  commands: [canI, reconcile, whoAmI].map(entryOf),
};
