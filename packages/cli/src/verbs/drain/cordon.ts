import { type Command, command, type Words } from '../../command/command.ts';
import { cordonAll, findNodes, nodeFlags, nodesOf } from './nodes.ts';

const marking = (name: string, summary: string, examples: string, marks: boolean): Command =>
  command({
    ...{ name, summary, examples },
    usage: `${name} NODE`,
    flags: nodeFlags,
    complete: ({ flags, changed, args }: Words<typeof nodeFlags>) =>
      nodesOf(name, args, flags, changed),
    run: async (choice, session) => {
      await cordonAll(session, await findNodes(session, choice), marks, choice.dryRun);
    },
  });

/** `kubectl cordon`. */
export const cordon: Command = marking(
  'cordon',
  'Let no new pods onto a node',
  `  cordon node-1
  cordon -l zone=b`,
  true,
);

/** `kubectl uncordon`. */
export const uncordon: Command = marking(
  'uncordon',
  'Let pods onto a node again',
  '  uncordon node-1',
  false,
);
