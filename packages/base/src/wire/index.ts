export { connectionOf, duplexOf, room } from './duplex.ts';
export { headerCompression } from './header-compression.ts';
export { inGo } from './go-errors.ts';
export { httpCall, type TlsTrust } from './http-call.ts';
export { acceptWebSocket, messagesOf } from './websocket.ts';
export { outgoing } from './outgoing.ts';
export { type Via, connectionVia, viaProxy } from './via-proxy.ts';
export { openWebSocket, WebSocketRefused } from './websocket-client.ts';
