export { connect } from './station.ts';
export type { ConnectWire } from './wire-needs.ts';
