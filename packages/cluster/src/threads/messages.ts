import type { KubeObject, UserInfo } from '@coxswain/api';
import type { Pki } from '@coxswain/apiserver/certificates';
import type { Settings } from '../home/settings.ts';

/** What the components' thread is started with. */
export interface ThreadSetup {
  readonly data: string;
  readonly settings: Settings;
  readonly pki: Pki;
  /** Of the API server. */
  readonly port: number;
}

/** To the components, beside answers to their calls. */
export type ToComponents =
  | { readonly do: 'stop' }
  /** Answer this WhyReview: what was kept is kept there. */
  | {
      readonly do: 'why';
      readonly id: number;
      readonly user: UserInfo;
      readonly review: KubeObject;
    };

/** From the components, beside their calls. */
export type FromComponents =
  | { readonly said: 'ready'; readonly kubeletPort: number }
  | { readonly said: 'why'; readonly id: number; readonly review: KubeObject }
  | { readonly said: 'unknown'; readonly id: number; readonly status: object };
