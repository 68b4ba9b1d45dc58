import { ByteQueue, type MessageConnection } from '@coxswain/base';
import {
  channels,
  decodeMessage,
  formOf,
  sendOn,
  type StreamOptions,
} from '@coxswain/api/streaming';
import type { CommandClient } from './command-client.ts';
import { Sizes } from './sizes.ts';

/** How much of a client's input is held unread. */
const unreadBytesMax = 1024 * 1024;
const nothing = new Uint8Array(0);

/** A client that speaks over a websocket, each message on a channel. */
export async function webSocketClient(
  messages: MessageConnection,
  options: StreamOptions,
): Promise<CommandClient> {
  const form = formOf(messages.protocol);
  const isStatus = /^v[45]\./.test(messages.protocol);
  const gone = new AbortController();
  const stdin = new ByteQueue(unreadBytesMax);
  const resizes = new Sizes();
  if (!options.stdin) stdin.end();
  const left = takeInput(messages, form, stdin, resizes).finally(() =>
    gone.abort(new Error('the client has gone')),
  );
  const send = (name: 'stdout' | 'stderr' | 'error', chunk: Uint8Array): Promise<void> =>
    name === 'error' || options[name]
      ? sendOn(messages, form, channels[name], chunk)
      : Promise.resolve();
  // An empty message tells the client that the connection stands.
  await send(options.stdout ? 'stdout' : options.stderr ? 'stderr' : 'error', nothing);
  return {
    io: {
      stdin,
      stdout: (chunk) => send('stdout', chunk),
      stderr: (chunk) => send('stderr', chunk),
      resizes,
      signal: gone.signal,
    },
    async finish(status, text) {
      stdin.discard();
      const said = isStatus ? status : text;
      if (said) await send('error', new TextEncoder().encode(said));
      messages.end();
    },
    gone: left,
    destroy: () => messages.destroy(),
  };
}

/** Resolves when the client has gone. */
async function takeInput(
  messages: MessageConnection,
  form: ReturnType<typeof formOf>,
  stdin: ByteQueue,
  resizes: Sizes,
): Promise<void> {
  for await (const message of messages.input) {
    const said = decodeMessage(message, form);
    if (!said) continue;
    if ('closes' in said) {
      if (said.closes === channels.stdin) stdin.end();
    } else if (said.channel === channels.stdin) await stdin.put(said.data);
    else if (said.channel === channels.resize) resizes.push(said.data);
  }
  stdin.end();
  resizes.end();
}
