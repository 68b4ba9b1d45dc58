import { UsageError } from '../../command/failure.ts';
import type { Flag } from '../../command/flags.ts';
import { chunkSizeFlag, selectorFlag } from '../../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, operationText } from '../../command/write-flags.ts';
import { find } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { type DryRun, patch } from '../../objects/write.ts';
import { printerOf } from '../../printers/formats.ts';
import { goJson } from '../../printers/go-json.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** Flags that name nodes. */
export const nodeFlags: Readonly<Record<'dry-run' | 'selector', Flag<string>>> = {
  'dry-run': dryRunFlag,
  selector: selectorFlag,
};

/** Which nodes a line is about. */
export interface NodeChoice {
  readonly args: readonly string[];
  readonly selector: string;
  readonly dryRun: DryRun;
}

/** Reads which nodes are meant; `verb` is named by what is wrong. */
export function nodesOf(
  verb: string,
  args: readonly string[],
  given: { readonly selector: string; readonly 'dry-run': string },
  changed: ReadonlySet<string>,
): NodeChoice {
  if (args.length === 0 && !changed.has('selector'))
    throw new UsageError(`USAGE: ${verb} NODE [flags]`);
  if (args.length > 0 && given.selector)
    throw new UsageError('error: cannot specify both a node name and a --selector option');
  return { args, selector: given.selector, dryRun: dryRunOf(given['dry-run']) };
}

/** The nodes as they are now. The first that cannot be had ends the command. */
export async function findNodes(
  session: Session,
  { args, selector }: NodeChoice,
): Promise<readonly Info[]> {
  const names = args.map((name) => (name.includes('/') ? name : `nodes/${name}`));
  const found = await find(session, {
    args: selector ? ['nodes'] : names,
    labels: selector,
    chunkSize: chunkSizeFlag.value,
    singleResource: true,
    accept: accepts.builtIn,
  });
  const infos: Info[] = [];
  for await (const item of found.items()) {
    if (item instanceof Error) throw item;
    const { group, version, resource } = item.resource;
    if (group !== '' || resource !== 'nodes')
      throw new Error(
        `error: expected resource of type node, got ${JSON.stringify(`${group}/${version}, Resource=${resource}`)}`,
      );
    infos.push(item);
  }
  return infos;
}

/** `node/a cordoned` */
export const told = (object: Unstructured, operation: string, dryRun: DryRun): string =>
  printerOf(
    {
      output: 'name',
      template: '',
      'allow-missing-template-keys': true,
      'show-managed-fields': false,
    },
    operationText(operation, dryRun),
  )(object);

/** Marks the nodes, or takes the mark away; what fails is told and the others are gone on with. */
export async function cordonAll(
  session: Session,
  nodes: readonly Info[],
  unschedulable: boolean,
  dryRun: DryRun,
): Promise<void> {
  const verb = unschedulable ? 'cordon' : 'uncordon';
  for (const info of nodes) {
    const { unschedulable: is = false } = info.object!['spec'] as { unschedulable?: boolean };
    const object = typed(info.object!);
    if (is === unschedulable) {
      session.io.out(told(object, `already ${verb}ed`, dryRun));
      continue;
    }
    try {
      const body = goJson({ spec: { unschedulable: unschedulable || null } });
      const at = { ...info, accept: accepts.typed };
      if (dryRun !== 'client') await patch(session, at, 'strategic', body, { dryRun });
      session.io.out(told(object, `${verb}ed`, dryRun));
    } catch (error) {
      session.io.err(
        `error: unable to ${verb} node ${JSON.stringify(info.name)}: ${(error as Error).message}\n`,
      );
    }
  }
}
