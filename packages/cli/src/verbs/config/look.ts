import { type Command, command } from '../../command/command.ts';
import { throwAll } from '../../command/failure.ts';
import { bool, text } from '../../command/flags.ts';
import { asWritten } from '../../config/edit-kubeconfig.ts';
import type { Kubeconfig } from '../../config/kubeconfig.ts';
import { aligned, tableLayout } from '../../printers/tab-writer.ts';
import { placeOf } from './place.ts';

/** `kubectl config current-context`. */
export const currentContext: Command = command({
  name: 'current-context',
  usage: 'current-context [flags]',
  summary: 'Say which context is the current one',
  flags: {},
  run: async (_, session) => {
    const { currentContext: name } = asWritten(placeOf(session));
    if (!name) throw new Error('current-context is not set');
    session.io.out(`${name}\n`);
  },
});

const namesOf = (
  name: string,
  summary: string,
  entries: (config: Kubeconfig) => ReadonlyMap<string, unknown>,
): Command =>
  command({
    ...{ name, usage: `${name} [flags]`, summary, flags: {} },
    run: async (_, session) => {
      const names = [...entries(asWritten(placeOf(session))).keys()].toSorted();
      session.io.out(['NAME', ...names].map((each) => `${each}\n`).join(''));
    },
  });

/** `kubectl config get-clusters`. */
export const getClusters: Command = namesOf(
  'get-clusters',
  'List the clusters of the kubeconfig',
  ({ clusters }) => clusters,
);

/** `kubectl config get-users`. */
export const getUsers: Command = namesOf(
  'get-users',
  'List the users of the kubeconfig',
  ({ users }) => users,
);

/** `kubectl config get-contexts`. */
export const getContexts: Command = command({
  name: 'get-contexts',
  usage: 'get-contexts [(-o|--output=)name)]',
  summary: 'List one or many contexts',
  examples: `  config get-contexts
  config get-contexts work -o name`,
  flags: {
    'no-headers': bool(false, 'Leave out the line of headers'),
    output: text('', 'Output format: name', { short: 'o' }),
  },
  complete({ flags: { output, 'no-headers': noHeaders }, args }) {
    if (output !== '' && output !== 'name')
      throw new Error(
        `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
      );
    return { isName: output === 'name', noHeaders, names: args };
  },
  run: async ({ isName, noHeaders, names }, session) => {
    const { contexts, currentContext: current } = asWritten(placeOf(session));
    const found = names.length === 0 ? [...contexts.keys()] : names.filter((x) => contexts.has(x));
    const rows = found.toSorted().map((name) => {
      const { cluster, user, namespace = '' } = contexts.get(name)!;
      const cells = [name === current ? '*' : ' ', name, cluster, user, namespace];
      return `${isName ? name : cells.join('\t')}\n`;
    });
    const head = noHeaders || isName ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n';
    session.io.out(aligned(head + rows.join(''), tableLayout));
    const missing = names.filter((name) => !contexts.has(name));
    throwAll(missing.map((name) => new Error(`context ${name} not found`)));
  },
});
