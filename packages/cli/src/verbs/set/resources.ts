import { type Command, command, type Words } from '../../command/command.ts';
import { text } from '../../command/flags.ts';
import { selectorFlag } from '../../command/shared-flags.ts';
import { dryRunOf } from '../../command/write-flags.ts';
import { changesOf } from '../../objects/change.ts';
import { type Container, podSpecOf, selectContainers } from '../../objects/pod-template.ts';
import type { Session } from '../../session/session.ts';
import { resourceList } from '../create/simple.ts';
import { carryOut, changeFlags, checkLocal, chosen, localResources } from './changing.ts';

const flags = {
  ...changeFlags,
  containers: text('*', 'Names of the containers to change; * stands for anything', { short: 'c' }),
  limits: text('', 'What a container may use at most, as cpu=100m,memory=256Mi'),
  requests: text('', 'What a container is given for certain, as cpu=100m,memory=256Mi'),
  selector: selectorFlag,
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  dryRunOf(given['dry-run']);
  if (given.local && args.length > 0) throw new Error(localResources);
  return { ...given, args };
}

/** `kubectl set resources`. */
export const resources: Command = command({
  name: 'resources',
  usage: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  summary: 'Change what containers ask for and may use',
  examples: `  set resources deploy web --requests=cpu=100m,memory=128Mi --limits=memory=256Mi
  set resources deploy web -c=log --limits=cpu=50m    # one container`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const infos = await chosen(session, options, options.args);
  checkLocal(options);
  if (options.all && options.selector)
    throw new Error('cannot set --all and --selector at the same time');
  if (!options.limits && !options.requests)
    throw new Error(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    );
  const wanted = {
    limits: resourceList(options.limits),
    requests: resourceList(options.requests),
  };
  const errors: Error[] = [];
  const changes = changesOf(infos, (object, info) => {
    const containers = selectContainers(podSpecOf(object, info), options.containers);
    for (const container of containers) ask(container, wanted);
    if (containers.length > 0) return undefined;
    errors.push(new Error(`error: unable to find container named ${options.containers}`));
    return false;
  });
  const words = {
    operation: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template ',
  };
  await carryOut(session, options, changes, words, errors);
}

type Amounts = Readonly<Record<'limits' | 'requests', Readonly<Record<string, string>>>>;

function ask(container: Container, { limits, requests }: Amounts): void {
  const { resources: present = {} } = container;
  container.resources = {
    ...present,
    limits: { ...present.limits, ...limits },
    requests: { ...present.requests, ...requests },
  };
}
