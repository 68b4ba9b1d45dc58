import { type KubeObject, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { namespaceIsGoing } from '../objects/going.ts';

/** Creates `pod` and tells of it in events about `owner`, in the words of upstream's pod control. */
export const createPod = (pod: Pod, owner: KubeObject): Action => ({
  do: 'create',
  resource: Pods,
  object: pod,
  announce: {
    about: owner,
    done: ({ metadata }) => ({
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${metadata.name}`,
    }),
    failed: (error) =>
      namespaceIsGoing(error)
        ? undefined
        : { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` },
  },
});

/** Deletes `pod` and tells of it in events about `owner`. */
export const deletePod = (pod: Pod, owner: KubeObject): Action => ({
  do: 'remove',
  resource: Pods,
  object: pod,
  announce: {
    about: owner,
    done: ({ metadata }) => ({
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${metadata.name}`,
    }),
    failed: (error) => ({
      type: 'Warning',
      reason: 'FailedDelete',
      message: `Error deleting: ${error.message}`,
    }),
  },
});
