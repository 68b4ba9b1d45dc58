import { type Command, command } from '../../command/command.ts';
import { HelpError, UsageError } from '../../command/failure.ts';
import { defaultFile, type Draft, editKubeconfig } from '../../config/edit-kubeconfig.ts';
import type { Session } from '../../session/session.ts';
import { exactly, placeOf } from './place.ts';

/** What `delete-cluster`, `delete-context` and `delete-user` are about. */
const deletion = (noun: 'cluster' | 'context' | 'user', refuse: () => Error): Command =>
  command({
    name: `delete-${noun}`,
    usage: `delete-${noun} NAME`,
    summary: `Take a ${noun} out of the kubeconfig`,
    examples: `  config delete-${noun} old`,
    flags: {},
    complete({ args: [name, ...more] }) {
      if (name === undefined || more.length > 0) throw refuse();
      return name;
    },
    run: async (name, session) => {
      const file = defaultFile(placeOf(session));
      editKubeconfig(placeOf(session), (draft) => {
        if (!draft[`${noun}s`].delete(name))
          throw new Error(`cannot delete ${noun} ${name}, not in ${file}`);
        if (noun === 'context' && draft.currentContext === name)
          session.warn(
            'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
          );
      });
      session.io.out(`deleted ${noun} ${name} from ${file}\n`);
    },
  });

/** `kubectl config delete-cluster`. */
export const deleteCluster: Command = deletion('cluster', () => new HelpError());
/** `kubectl config delete-context`. */
export const deleteContext: Command = deletion('context', () => new HelpError());
/** `kubectl config delete-user`. */
export const deleteUser: Command = deletion(
  'user',
  () => new UsageError('user to delete is required'),
);

/** `kubectl config rename-context`. */
export const renameContext: Command = command({
  name: 'rename-context',
  usage: 'rename-context CONTEXT_NAME NEW_NAME',
  summary: 'Give a context another name',
  details: 'Where it is the current context, it stays so under its new name.',
  examples: '  config rename-context kind-a a',
  flags: {},
  complete({ args }) {
    exactly(2, args);
    const [from, to] = args as readonly [string, string];
    if (to === '') throw new Error('You must specify a new non-empty context name');
    return { from, to };
  },
  run: async ({ from, to }, session) => {
    const file = defaultFile(placeOf(session));
    editKubeconfig(placeOf(session), (draft) => renamed(draft, from, to, file));
    session.io.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
  },
});

function renamed(draft: Draft, from: string, to: string, file: string): void {
  const context = draft.contexts.get(from);
  if (!context)
    throw new Error(`cannot rename the context ${JSON.stringify(from)}, it's not in ${file}`);
  if (draft.contexts.has(to))
    throw new Error(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file}`,
    );
  draft.contexts.delete(from);
  draft.contexts.set(to, context);
  if (draft.currentContext === from) draft.currentContext = to;
}

/** `kubectl config use-context`. */
export const useContext: Command = command({
  name: 'use-context',
  aliases: ['use'],
  usage: 'use-context CONTEXT_NAME',
  summary: 'Choose the current context',
  examples: '  config use-context work',
  flags: {},
  complete({ args }) {
    exactly(1, args);
    return args[0]!;
  },
  run: async (name, session: Session) => {
    editKubeconfig(placeOf(session), (draft) => {
      if (name === '') throw new Error('empty context names are not allowed');
      if (!draft.contexts.has(name))
        throw new Error(`no context exists with the name: ${JSON.stringify(name)}`);
      draft.currentContext = name;
    });
    session.io.out(`Switched to context ${JSON.stringify(name)}.\n`);
  },
});
