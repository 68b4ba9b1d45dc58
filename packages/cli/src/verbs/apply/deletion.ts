import type { Unstructured } from '../../objects/info.ts';
import type { Session } from '../../session/session.ts';

/** Says of what is on its way out that it was changed nonetheless. */
export function warnOfDeletion({ metadata }: Unstructured, session: Session): void {
  if (!metadata.deletionTimestamp) return;
  session.warn(
    `Warning: Detected changes to resource ${metadata.name} which is currently being deleted.\n`,
  );
}
