export { decodeMessage, formOf, sendOn } from './channel-codec.ts';
export {
  channels,
  closeChannel,
  commandProtocols,
  portForwardProtocol,
  protocolHeader,
  spdyCommandProtocols,
  spdyUpgrade,
  streamHeaders,
  type StreamOptions,
  type TerminalSize,
  tunnelPrefix,
} from './names.ts';
export { flagOf, logOptionErrors, logOptionsOf } from './log-options.ts';
export { decodeOutcome, encodeOutcome, encodeOutcomeText, type Outcome } from './outcome.ts';
export {
  plainAddress,
  relayCommand,
  type Relayed,
  relayPorts,
  relayUpgrade,
  type StreamRequest,
} from './relay.ts';
export {
  isUpgrade,
  isWebSocket,
  type RequestHeaders,
  spdyProtocols,
  tunnelledProtocols,
  wantsStreamClose,
  webSocketProtocols,
} from './request-head.ts';
export { bodyOf, callSpdy, spdyConnection, type StreamLocation } from './spdy-call.ts';
export { translateCommand } from './translate.ts';
export { tunnelOf } from './tunnel.ts';
export type { StreamWire } from './wire.ts';
