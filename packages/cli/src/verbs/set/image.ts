import { type Command, command, type Words } from '../../command/command.ts';
import { throwAll } from '../../command/failure.ts';
import { pairsOf, resourcesAndPairs } from '../../command/pairs.ts';
import { selectorFlag } from '../../command/shared-flags.ts';
import { dryRunOf } from '../../command/write-flags.ts';
import { changesOf } from '../../objects/change.ts';
import { namesFiles } from '../../objects/files.ts';
import { podSpecOf } from '../../objects/pod-template.ts';
import type { Session } from '../../session/session.ts';
import { carryOut, changeFlags, chosen, localResources } from './changing.ts';

const flags = { ...changeFlags, selector: selectorFlag };

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  const { resources, pairs } = resourcesAndPairs(args, 'image');
  const images = pairsOf(pairs, 'image');
  if (given.local && resources.length > 0) throw new Error(localResources);
  return { ...given, dryRun, resources, images };
}

/** `kubectl set image`. */
export const image: Command = command({
  name: 'image',
  usage:
    'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  summary: 'Change the images of containers',
  examples: `  set image deploy/web nginx=nginx:1.27 log=fluent-bit:3   # by the containers' names
  set image deploys --all '*=busybox:1.36'                 # all containers of all deployments`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const { images } = options;
  const infos = await chosen(session, options, options.resources);
  check(options);
  const errors: Error[] = [];
  const changes = changesOf(infos, (object, info) => {
    const spec = podSpecOf(object, info);
    for (const [name, to] of images) {
      const meant = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(
        (container) => name === '*' || container.name === name,
      );
      for (const container of meant) container.image = to;
      if (meant.length === 0)
        errors.push(new Error(`error: unable to find container named ${JSON.stringify(name)}`));
    }
  });
  const words = {
    operation: 'image updated',
    failure: 'failed to patch image update to pod template: ',
  };
  await carryOut(session, options, changes, words, errors);
}

function check(options: Options): void {
  const { all, selector, resources, images, local, dryRun } = options;
  const wrong: readonly (readonly [boolean, string])[] = [
    [all && selector !== '', 'cannot set --all and --selector at the same time'],
    [
      resources.length === 0 && !namesFiles(options),
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    ],
    [images.size === 0, 'at least one image update is required'],
    [
      images.size > 1 && images.has('*'),
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    ],
    [
      local && dryRun === 'server',
      'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
    ],
  ];
  throwAll(wrong.flatMap(([isWrong, words]) => (isWrong ? [new Error(words)] : [])));
}
