import type { AdmissionPlugin } from './plugin.ts';
import { refuse } from './refuse.ts';

/** A plugin of upstream's without an opinion: AlwaysAdmit, and those whose alpha gates are off. */
export const silent = (name: string): AdmissionPlugin => ({ name, handles: () => false });

/** Refuses everything; upstream keeps it for tests. */
export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  handles: () => true,
  mutate(admission) {
    throw refuse(admission, 'admission control is denying all modifications');
  },
};
