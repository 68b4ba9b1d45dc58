import { type Command, command } from '../../command/command.ts';
import { HelpError } from '../../command/failure.ts';
import { bool, text } from '../../command/flags.ts';
import { editKubeconfig } from '../../config/edit-kubeconfig.ts';
import { placeOf } from './place.ts';

const fields = ['cluster', 'user', 'namespace'] as const;

/** `kubectl config set-context`. */
export const setContext: Command = command({
  name: 'set-context',
  usage:
    'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  summary: 'Make or change a context of the kubeconfig',
  details: 'Of a context that is there, only what is named changes.',
  examples: `  config set-context --current --namespace=web
  config set-context work --cluster=work --user=me`,
  flags: {
    cluster: text('', 'Cluster of the context'),
    current: bool(false, 'Change the current context'),
    namespace: text('', 'Namespace of the context', { short: 'n' }),
    user: text('', 'User of the context'),
  },
  complete({ flags, changed, args }) {
    if (args.length > 1) throw new HelpError(`Unexpected args: [${args.join(' ')}]`);
    const [name = ''] = args;
    if (!name && !flags.current)
      throw new Error('you must specify a non-empty context name or --current');
    if (name && flags.current)
      throw new Error('you cannot specify both a context name and --current');
    const given = fields.filter((field) => changed.has(field));
    return { name, values: Object.fromEntries(given.map((field) => [field, flags[field]])) };
  },
  run: async ({ name: asked, values }, session) => {
    let told = '';
    editKubeconfig(placeOf(session), (draft) => {
      if (!asked && !draft.currentContext) throw new Error('no current context is set');
      const name = asked || draft.currentContext;
      const before = draft.contexts.get(name);
      draft.contexts.set(name, { cluster: '', user: '', ...before, ...values });
      told = `Context ${JSON.stringify(name)} ${before ? 'modified' : 'created'}.\n`;
    });
    session.io.out(told);
  },
});
