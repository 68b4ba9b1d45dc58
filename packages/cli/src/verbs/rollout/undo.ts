import { isDeepStrictEqual } from 'node:util';
import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { type Command, command, type Words } from '../../command/command.ts';
import { int } from '../../command/flags.ts';
import { dryRunFlag, dryRunOf, operationText } from '../../command/write-flags.ts';
import { objectName } from '../../objects/change.ts';
import { eachObject } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { lastApplied, lastAppliedAnnotation, patch } from '../../objects/write.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';
import { checkHistory, type Revision, revisionsOf, templateText } from './revisions.ts';
import { revisionAnnotation } from './status-text.ts';
import { findTargets, targetFlags, targetsOf } from './targets.ts';

const flags = {
  ...printFlags,
  ...targetFlags,
  'dry-run': dryRunFlag,
  'to-revision': int(0, 'Revision to go back to; 0 for the one before'),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  return { ...targetsOf(words), dryRun: dryRunOf(words.flags['dry-run']) };
}

/** `kubectl rollout undo`. */
export const undo: Command = command({
  name: 'undo',
  usage: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  summary: 'Go back to what ran before',
  examples: `  rollout undo deploy/web
  rollout undo ds/agent --to-revision=3`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  await eachObject(await findTargets(session, options), async (info) => {
    const { program } = session;
    if (lastApplied(info.object!) !== undefined)
      session.warn(
        `Warning: resource ${objectName(info)} was previously managed with '${program} apply'. Rolling back will not update the ${lastAppliedAnnotation} annotation, which may cause unexpected behavior on future '${program} apply' operations. Consider using '${program} apply' with your previous configuration file instead.\n`,
      );
    checkHistory(info, 'rollbacker', 'rollbacker');
    const result = await rolledBack(options, session, info);
    const print = resultPrinter(options, operationText(result, options.dryRun), 'struct');
    session.io.out(print(typed(info.object!)));
  });
}

/** Annotations that say what is, not what was: they stay. */
const keptAnnotations = new Set([
  ...[lastAppliedAnnotation, revisionAnnotation, 'deployment.kubernetes.io/revision-history'],
  ...['deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas'],
  'deprecated.deployment.rollback.to',
]);

/** Goes back, or says what that would mean; gives the word for what was done. */
async function rolledBack(
  { 'to-revision': to, dryRun }: Options,
  session: Session,
  info: Info,
): Promise<string> {
  if (to < 0) throw noRevision(to);
  const isDeployment = info.resource.kind === 'Deployment';
  const { owner, revisions } = await revisionsOf(session, info);
  const revision = chosen(to, revisions, isDeployment, info.name);
  if (dryRun === 'client') {
    const text = templateText(revision.template());
    return isDeployment ? text : `will roll back to ${text}`;
  }
  if (isDeployment && (owner.spec as { paused?: boolean }).paused)
    throw new Error(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  const { template } = owner.spec;
  const isSame = isDeployment
    ? isDeepStrictEqual(withoutHash(keptTemplate(revision)), withoutHash(template))
    : goJson({ spec: { template: { ...template, $patch: 'replace' } } }) ===
      goJson(revision.kept.data);
  if (isSame) return `skipped rollback (current template already matches revision ${to})`;
  const [type, body] = isDeployment
    ? (['json', deploymentPatch(revision, owner.metadata)] as const)
    : (['strategic', revision.kept.data] as const);
  try {
    await patch(session, info, type, goJson(body), { dryRun });
  } catch (cause) {
    throw new Error(`failed restoring revision ${to}: ${(cause as Error).message}`, { cause });
  }
  return 'rolled back';
}

const noRevision = (to: number): Error =>
  new Error(`unable to find specified revision ${to} in history`);

function chosen(
  to: number,
  revisions: readonly Revision[],
  isDeployment: boolean,
  name: string,
): Revision {
  const found = to === 0 ? revisions.at(-2) : revisions.find(({ number }) => number === to);
  if (found) return found;
  if (to > 0) throw noRevision(to);
  throw new Error(
    isDeployment
      ? `no rollout history found for deployment ${JSON.stringify(name)}`
      : 'no last revision to roll back to',
  );
}

const keptTemplate = ({ kept }: Revision): PodTemplateSpec =>
  (kept['spec'] as { template: PodTemplateSpec }).template;

/** A template without the label that its replica set adds. */
function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

function deploymentPatch(revision: Revision, { annotations: present = {} }: ObjectMeta): object {
  const { annotations: old = {} } = revision.kept.metadata;
  const pick = (from: typeof present, isKept: boolean): object =>
    Object.fromEntries(Object.entries(from).filter(([key]) => keptAnnotations.has(key) === isKept));
  return [
    { op: 'replace', path: '/spec/template', value: withoutHash(keptTemplate(revision)) },
    {
      op: 'replace',
      path: '/metadata/annotations',
      value: { ...pick(present, true), ...pick(old, false) },
    },
  ];
}
