/** What both sides tell of themselves. */
import { ConnectionError, defaultFrameMax, errorCode, windowMax } from './frames.ts';

export const setting = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

const settingBytes = 6;

export function settingsPayload(settings: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * settingBytes);
  for (const [at, [name, value]] of settings.entries())
    payload.writeUInt32BE(value, payload.writeUInt16BE(name, at * settingBytes));
  return payload;
}

/** Throws a ConnectionError for values that may not be. */
export function* settingsOf(payload: Buffer): Generator<readonly [name: number, value: number]> {
  if (payload.length % settingBytes !== 0)
    throw new ConnectionError(errorCode.frameSize, 'settings of 6 octets each');
  for (let at = 0; at < payload.length; at += settingBytes) {
    const name = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    if (name === setting.enablePush && value > 1)
      throw new ConnectionError(errorCode.protocol, 'a push is on or off');
    if (name === setting.maxFrameSize && (value < defaultFrameMax || value >= 2 ** 24))
      throw new ConnectionError(errorCode.protocol, 'no size of a frame');
    if (name === setting.initialWindowSize && value > windowMax)
      throw new ConnectionError(errorCode.flowControl, 'a window is too large');
    yield [name, value];
  }
}
