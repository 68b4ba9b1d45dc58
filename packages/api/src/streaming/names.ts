/** Versions of the protocol that exec and attach speak, newest first. */
export const commandProtocols = {
  v5: 'v5.channel.k8s.io',
  v4: 'v4.channel.k8s.io',
  v3: 'v3.channel.k8s.io',
  v2: 'v2.channel.k8s.io',
  v1: 'channel.k8s.io',
} as const;

/** What a SPDY client may speak to a container's streaming server, best first. */
export const spdyCommandProtocols: readonly string[] = [
  commandProtocols.v4,
  commandProtocols.v3,
  commandProtocols.v2,
  commandProtocols.v1,
];

export const portForwardProtocol = 'portforward.k8s.io';
/** Before the name of a SPDY protocol that is carried in the messages of a websocket. */
export const tunnelPrefix = 'SPDY/3.1+';
export const spdyUpgrade = 'SPDY/3.1';
export const protocolHeader = 'X-Stream-Protocol-Version';

/** First byte of a websocket message: which stream it belongs to. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
/** In v5: the channel in the next byte ends. */
export const closeChannel = 255;

/** Names of headers of SPDY streams, as they stand on the wire. */
export const streamHeaders = { type: 'streamtype', port: 'port', requestId: 'requestid' } as const;

/** Which streams a session has. */
export interface StreamOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The size of a terminal, as clients send it in JSON. */
export interface TerminalSize {
  readonly Width: number;
  readonly Height: number;
}
