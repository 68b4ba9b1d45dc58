import {
  controlTypes,
  flagFin,
  flagUnidirectional,
  type Frame,
  headBytes,
  version,
} from './frame.ts';

/** The bytes of `frame`. */
export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'data': {
      const bytes = new Uint8Array(headBytes + frame.data.length);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, frame.streamId);
      view.setUint32(4, frame.data.length | ((frame.isFin ? flagFin : 0) << 24));
      bytes.set(frame.data, headBytes);
      return bytes;
    }
    case 'synStream': {
      const flags = (frame.isFin ? flagFin : 0) | (frame.isUnidirectional ? flagUnidirectional : 0);
      const { bytes, view } = control('synStream', 10 + frame.block.length, flags);
      view.setUint32(8, frame.streamId);
      view.setUint32(12, frame.associatedId);
      view.setUint8(16, frame.priority << 5);
      bytes.set(frame.block, 18);
      return bytes;
    }
    case 'synReply':
    case 'headers': {
      const { bytes, view } = control(
        frame.type,
        4 + frame.block.length,
        frame.isFin ? flagFin : 0,
      );
      view.setUint32(8, frame.streamId);
      bytes.set(frame.block, 12);
      return bytes;
    }
    case 'settings': {
      const { bytes, view } = control('settings', 4 + 8 * frame.settings.length, 0);
      view.setUint32(8, frame.settings.length);
      for (const [at, { flags, id, value }] of frame.settings.entries()) {
        view.setUint32(12 + 8 * at, ((flags << 24) | id) >>> 0);
        view.setUint32(16 + 8 * at, value);
      }
      return bytes;
    }
    case 'ping':
      return words('ping', frame.id);
    case 'rstStream':
      return words('rstStream', frame.streamId, frame.status);
    case 'goAway':
      return words('goAway', frame.lastStreamId, frame.status);
    case 'windowUpdate':
      return words('windowUpdate', frame.streamId, frame.delta);
  }
}

function control(
  type: keyof typeof controlTypes,
  length: number,
  flags: number,
): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(headBytes + length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x8000 | version);
  view.setUint16(2, controlTypes[type]);
  view.setUint32(4, (length | (flags << 24)) >>> 0);
  return { bytes, view };
}

function words(type: keyof typeof controlTypes, ...values: readonly number[]): Uint8Array {
  const { bytes, view } = control(type, 4 * values.length, 0);
  for (const [at, value] of values.entries()) view.setUint32(headBytes + 4 * at, value);
  return bytes;
}
