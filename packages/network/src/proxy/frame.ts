import { masqueradeMark } from './service-pieces.ts';

/**
 * The table and all that never changes in it; loading it forgets every earlier state. Refusals come after the
 * translation of addresses: what still goes to a service then has nowhere to go. Loopback addresses are served for
 * host ports alone, and only to clients that speak from another address of the node.
 */
export const frame = (table: string): string => `
table ip ${table}
delete table ip ${table}
table ip ${table} {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  map node-ports { type inet_proto . inet_service : verdict; }
  map host-ports { type ipv4_addr . inet_proto . inet_service : verdict; }
  map any-host-ports { type inet_proto . inet_service : verdict; }
  map unserved { type ipv4_addr . inet_proto . inet_service : verdict; }
  map unserved-node-ports { type inet_proto . inet_service : verdict; }
  set cluster-addresses { type ipv4_addr; }
  set hairpins { type ipv4_addr . ipv4_addr; }
  chain refuse { reject; }
  chain to-node {
    ip saddr 127.0.0.0/8 return
    ip daddr . meta l4proto . th dport vmap @host-ports
    meta l4proto . th dport vmap @any-host-ports
    ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @node-ports
  }
  chain dispatch {
    ip daddr . meta l4proto . th dport vmap @services
    fib daddr type local jump to-node
  }
  chain check {
    ip daddr . meta l4proto . th dport vmap @unserved
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @unserved-node-ports
    ip daddr @cluster-addresses reject
  }
  chain prerouting { type nat hook prerouting priority dstnat; jump dispatch; }
  chain output { type nat hook output priority -100; jump dispatch; }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    meta mark & ${masqueradeMark} == ${masqueradeMark} meta mark set meta mark xor ${masqueradeMark} masquerade fully-random
    ip saddr . ip daddr @hairpins ct status dnat masquerade fully-random
  }
  chain check-input { type filter hook input priority -110; ct state new jump check; }
  chain check-forward { type filter hook forward priority -110; ct state new jump check; }
  chain check-output { type filter hook output priority -90; ct state new jump check; }
}
`;
