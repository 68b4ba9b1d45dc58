import { type Command, entryOf } from '../../command/command.ts';
import { env } from './env.ts';
import { image } from './image.ts';
import { resources } from './resources.ts';
import { selector } from './selector.ts';
import { serviceAccount } from './service-account.ts';
import { subject } from './subject.ts';

/** `kubectl set`. */
export const set: Command = {
  name: 'set',
  usage: 'set SUBCOMMAND',
  summary: 'Change single things of objects that run pods, and of bindings and services',
  flags: {},
  commands: [env, image, resources, selector, serviceAccount, subject].map(entryOf),
};
