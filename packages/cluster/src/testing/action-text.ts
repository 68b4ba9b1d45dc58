import type { Action } from '@coxswain/control';

/** `create pods shop/web-1`, `update replicasets/status shop/web`, `event Warning FailedCreate ...`. */
export function actionText(action: Action): string {
  if (action.do === 'event') return `event ${action.type} ${action.reason}: ${action.message}`;
  const { name, namespace, generateName } = action.object.metadata;
  const subresource = 'subresource' in action && action.subresource ? `/${action.subresource}` : '';
  const what = `${namespace ? `${namespace}/` : ''}${name || `${generateName}?`}`;
  return `${action.do} ${action.resource.resource}${subresource} ${what}`;
}
