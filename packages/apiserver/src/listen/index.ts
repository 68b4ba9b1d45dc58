export { listen, type Listener, type ListenOptions } from './listen.ts';
export type { ListenKeys } from './tls.ts';
