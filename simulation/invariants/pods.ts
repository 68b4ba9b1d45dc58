import type { Fields, Model, Stored } from '../scene/model.ts';

/** What invariants ask of pods and of what owns them. */
type Owner = { readonly kind: string; readonly name: string; readonly uid: string };

export const isTerminal = (pod: Fields): boolean =>
  pod['status']?.phase === 'Succeeded' || pod['status']?.phase === 'Failed';
export const isLeaving = (object: Fields): boolean =>
  object.metadata.deletionTimestamp !== undefined;
export const isActive = (pod: Fields): boolean => !isTerminal(pod) && !isLeaving(pod);

export const hasCondition = (object: Fields, type: string): boolean =>
  object['status']?.conditions?.some(
    (each: { type: string; status: string }) => each.type === type && each.status === 'True',
  ) === true;
export const isReady = (pod: Fields): boolean => hasCondition(pod, 'Ready') && isActive(pod);

export const controllerOf = (object: Fields): Owner | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller);

/** The pods of an owner with who made them. */
export function* podsOf(model: Model, uid: string): Generator<Stored & { object: Fields }> {
  for (const stored of model.all('pods'))
    if (stored.object && controllerOf(stored.object)?.uid === uid)
      yield stored as Stored & { object: Fields };
}

/** Made by a request whose answer nobody heard: whoever made it may have made another. */
export const isInDoubt = ({ creator }: Stored): boolean => creator?.isLost === true;

export const nameOf = ({ metadata: { namespace, name } }: Fields): string =>
  namespace ? `${namespace}/${name}` : name;

export const keyOfName = (kind: string, object: Fields, name: string): string =>
  `/registry/${kind}/${object.metadata.namespace ?? ''}/${name}`;
