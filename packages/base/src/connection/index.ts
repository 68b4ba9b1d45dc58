export { ByteQueue } from './byte-queue.ts';
export {
  type ByteConnection,
  type Dialer,
  headerOf,
  type HttpAnswer,
  type HttpCall,
  type HttpHeader,
  type MessageConnection,
} from './connection.ts';
export { pipe } from './pipe.ts';
