export { type DnsOptions, runDns } from './dns/run-dns.ts';
export {
  type CniOptions,
  type RoutesOptions,
  runCni,
  runRoutes,
} from './pod-network/run-pod-network.ts';
export { type ProxyOptions, runProxy } from './proxy/run-proxy.ts';
export type { RunInNode } from './run-in-node.ts';
