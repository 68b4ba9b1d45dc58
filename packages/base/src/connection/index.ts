export { ByteQueue } from './byte-queue.ts';
export {
  type ByteConnection,
  type Carrier,
  type Dialer,
  headerOf,
  type HttpAnswer,
  type HttpCall,
  type HttpHeader,
  type MessageConnection,
  type OutgoingCall,
  type OutgoingTrust,
} from './connection.ts';
export { connectionPair, messagePair } from './pair.ts';
export { pipe } from './pipe.ts';
