import { describe } from 'node:test';
import { commitSuite } from './commits.ts';
import { expirySuite } from './expiries.ts';
import type { OpenStorage } from './fixture.ts';
import { historySuite } from './histories.ts';
import { linearSuite } from './linear.ts';
import { modelSuite } from './model.ts';
import { ownSuite, readSuite } from './reads.ts';
import { watchSuite } from './watches.ts';

/** What every store must do; the same for all of them. One that `isShared` neither measures nor bounds what all have in it. */
export function storageSuite(
  name: string,
  open: OpenStorage,
  { isShared = false }: { readonly isShared?: boolean } = {},
): void {
  describe(name, () => {
    commitSuite(open);
    readSuite(open);
    if (!isShared) ownSuite(open);
    watchSuite(open);
    expirySuite(open);
    historySuite(open);
    linearSuite(open);
    modelSuite(open);
  });
}
