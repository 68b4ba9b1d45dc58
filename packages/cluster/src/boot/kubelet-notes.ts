import type { World } from '@coxswain/base';
import type { Reasons } from '@coxswain/control';
import type { Note } from '@coxswain/kubelet';

/** Keeps what kubelets decide about pods beside the reasons of all others. */
export const kubeletNotes =
  (reasons: Reasons, { clock }: World): Note =>
  ({ metadata: { name, namespace, uid } }, verdict, facts) =>
    reasons.note(
      'kubelet',
      { kind: 'Pod', name, namespace, uid },
      clock.now(),
      { verdict, facts },
      ['container'],
    );
