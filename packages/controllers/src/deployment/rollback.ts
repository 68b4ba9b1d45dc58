import { Deployments } from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import type { Action } from '@coxswain/control';
import { lastRevision, revisionOf, rolledBackAnnotations } from './revision.ts';
import { sameTemplate, type View, withoutHash } from './sets.ts';

const rollbackKey = 'deprecated.deployment.rollback.to';

/** The revision that a client of extensions/v1beta1 asked to go back to; 0 is the one before the last. */
export function rollbackTarget(d: Deployment): number | undefined {
  const text = d.metadata.annotations?.[rollbackKey];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Takes the template of that revision, and the wish away. */
export function rollback({ d, all }: View, target: number): readonly Action[] {
  const revision = target || lastRevision(all);
  if (revision === 0) return refuse(d, 'Unable to find last revision.');
  const rs = all.find((each) => revisionOf(each) === revision);
  if (!rs) return refuse(d, 'Unable to find the revision to rollback to.');
  const { name } = d.metadata;
  if (sameTemplate(rs.spec?.template, d.spec?.template))
    return [
      event(
        d,
        'Warning',
        'DeploymentRollbackTemplateUnchanged',
        `The rollback revision contains the same template as current deployment "${name}"`,
      ),
      update(d),
    ];
  const annotations = rolledBackAnnotations(d, rs);
  const spec = { ...d.spec!, template: withoutHash(rs.spec?.template)! };
  return [
    event(
      d,
      'Normal',
      'DeploymentRollback',
      `Rolled back deployment "${name}" to revision ${revision}`,
    ),
    update({ ...d, metadata: { ...d.metadata, annotations }, spec } as Deployment),
  ];
}

const refuse = (d: Deployment, message: string): readonly Action[] => [
  event(d, 'Warning', 'DeploymentRollbackRevisionNotFound', message),
  update(d),
];

const event = (
  about: Deployment,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Action => ({ do: 'event', about, type, reason, message });

function update(d: Deployment): Action {
  const { [rollbackKey]: _target, ...annotations } = d.metadata.annotations ?? {};
  const object = { ...d, metadata: { ...d.metadata, annotations } };
  return { do: 'update', resource: Deployments, object };
}
