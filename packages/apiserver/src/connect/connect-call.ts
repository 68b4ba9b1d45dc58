import type { Call } from '../rest/engine.ts';
import type { ConnectWire } from './wire-needs.ts';

/** One request for a subresource that is somewhere else, beside what carries it there. */
export interface ConnectCall extends Call {
  readonly wire: ConnectWire;
}
