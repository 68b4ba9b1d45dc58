import type { MessageConnection } from '@coxswain/base';
import { closeChannel } from './names.ts';

/** What a message on a channel of a websocket says. */
export type ChannelMessage =
  | { readonly channel: number; readonly data: Uint8Array }
  | { readonly closes: number };

const zero = 48;

/** Reads a message: a byte for the channel and the data; or, in base64 protocols, a digit and text. */
export function decodeMessage(
  message: Uint8Array,
  form: 'binary' | 'base64' | 'v5',
): ChannelMessage | undefined {
  if (message.length === 0) return undefined;
  const channel = message[0]!;
  if (form === 'v5' && channel === closeChannel)
    return message.length === 2 ? { closes: message[1]! } : undefined;
  const data = message.subarray(1);
  if (form !== 'base64') return { channel, data };
  const decoded = fromBase64(data);
  return decoded && { channel: channel - zero, data: decoded };
}

function fromBase64(text: Uint8Array): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}

/** Sends `data` on `channel`, in the protocol's form. */
export function sendOn(
  messages: MessageConnection,
  form: 'binary' | 'base64' | 'v5',
  channel: number,
  data: Uint8Array,
): Promise<void> {
  if (form === 'base64')
    return messages.sendText(String.fromCodePoint(zero + channel) + data.toBase64());
  const message = new Uint8Array(data.length + 1);
  message[0] = channel;
  message.set(data, 1);
  return messages.send(message);
}

/** How messages of a sub-protocol are formed. */
export const formOf = (protocol: string): 'binary' | 'base64' | 'v5' =>
  protocol.startsWith('v5.') ? 'v5' : protocol.includes('base64') ? 'base64' : 'binary';
