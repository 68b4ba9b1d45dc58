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

/** What the server's thread asks of the components'. */
export type Question =
  /** What these kept, for who asks why. */
  | { readonly about: 'why'; readonly user: UserInfo; readonly review: KubeObject }
  | { readonly about: 'metrics' }
  /** How a part is that is kept there. */
  | { readonly about: 'health'; readonly part: string };

/** To the components, beside answers to their calls. */
export type ToComponents =
  | { readonly do: 'stop' }
  | { readonly do: 'answer'; readonly id: number; readonly question: Question };

/** From the components, beside their calls. */
export type FromComponents =
  | { readonly said: 'ready'; readonly kubeletPort: number }
  | { readonly said: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly said: 'refusal'; readonly id: number; readonly status: object };
