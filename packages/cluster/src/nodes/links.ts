import { exec } from '../system/exec.ts';
import { type AddressPlan, nodeAddress } from './addresses.ts';

/** The machine's side of a cluster's network: every name carries the cluster's id, so that nothing of another is touched. */
export interface LinkNames {
  readonly bridge: string;
  readonly table: string; // nftables
  readonly netns: (node: number) => string;
  readonly veth: (node: number) => string;
}

export const linkNames = (id: string): LinkNames => ({
  bridge: `cox${id}`,
  table: `coxswain-${id}`,
  netns: (node) => `cox-${id}-${node}`,
  veth: (node) => `cox${id}n${node}`,
});

export const netnsPath = (name: string): string => `/run/netns/${name}`;

/** Arguments that run a program inside a network namespace, with the rest of the machine as it is. */
export const inNetns = (name: string): readonly [string, readonly string[]] => [
  'nsenter',
  [`--net=${netnsPath(name)}`],
];

/**
 * Makes the cluster's bridge, and per node a network namespace with one leg on it; what is there
 * already stays. Afterwards every node reaches the others and the machine, and the outside through it.
 */
export async function setUpLinks(
  id: string,
  plan: AddressPlan,
  nodes: readonly number[],
): Promise<void> {
  const names = linkNames(id);
  const there = new Set(await linksOf(id));
  const namespaces = new Set(await netnsOf(id));
  const fresh = nodes.filter(
    (node) => !namespaces.has(names.netns(node)) || !there.has(names.veth(node)),
  );
  const steps: string[] = [];
  if (!there.has(names.bridge))
    steps.push(
      `link add ${names.bridge} type bridge`,
      `address add ${plan.gateway}/24 dev ${names.bridge}`,
      `link set ${names.bridge} up`,
    );
  for (const node of fresh) {
    const netns = names.netns(node);
    if (!namespaces.has(netns)) steps.push(`netns add ${netns}`);
    if (there.has(names.veth(node))) steps.push(`link delete ${names.veth(node)}`);
    steps.push(
      `link add ${names.veth(node)} type veth peer name eth0 netns ${netns}`,
      `link set ${names.veth(node)} master ${names.bridge} up`,
    );
  }
  await ipBatch(steps);
  await Promise.all(
    fresh.map((node) =>
      ipBatch(
        [
          'link set lo up',
          `address add ${nodeAddress(plan, node)}/24 dev eth0`,
          'link set eth0 up',
          `route add default via ${plan.gateway}`,
        ],
        names.netns(node),
      ),
    ),
  );
  await Promise.all([
    masquerade(names, plan),
    ...nodes.map((node) => forwarding(names.netns(node))),
  ]);
}

/** Removes all that `setUpLinks` made, also what an interrupted run left. */
export async function tearDownLinks(id: string): Promise<void> {
  const names = linkNames(id);
  const [links, namespaces] = await Promise.all([linksOf(id), netnsOf(id)]);
  await ipBatch([
    ...links.map((link) => `link delete ${link}`),
    ...namespaces.map((netns) => `netns delete ${netns}`),
  ]);
  const tables = await exec('nft', ['list', 'tables']);
  if (tables.includes(` ${names.table}\n`))
    await exec('nft', ['delete', 'table', 'ip', names.table]);
}

/** Packets of nodes and pods leave the machine under its own address; both ways are let through. */
async function masquerade(names: LinkNames, plan: AddressPlan): Promise<void> {
  const sources = `{ ${plan.nodes}, ${plan.pods} }`;
  await exec('nft', ['-f', '-'], {
    input: `
      table ip ${names.table}
      delete table ip ${names.table}
      table ip ${names.table} {
        chain postrouting {
          type nat hook postrouting priority srcnat;
          ip saddr ${sources} ip daddr != ${sources} oifname != "${names.bridge}" masquerade
        }
        chain forward {
          type filter hook forward priority filter;
          iifname "${names.bridge}" accept
          oifname "${names.bridge}" accept
        }
      }`,
  });
  await exec('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
}

/** A node routes for its pods. Bridged packets skip the filter, which sees them again when they are routed. */
async function forwarding(netns: string): Promise<void> {
  const [program, args] = inNetns(netns);
  await exec(program, [...args, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

const linksOf = async (id: string): Promise<string[]> => {
  const links = JSON.parse(await exec('ip', ['-json', 'link', 'show'])) as { ifname: string }[];
  return links.map(({ ifname }) => ifname).filter((name) => name.startsWith(`cox${id}`));
};

const netnsOf = async (id: string): Promise<string[]> =>
  (await exec('ip', ['netns', 'list']))
    .split('\n')
    .map((line) => line.split(' ')[0]!)
    .filter((name) => name.startsWith(`cox-${id}-`));

/** IPv4 ranges that the machine has routes to. */
export async function machineRoutes(): Promise<string[]> {
  const routes = JSON.parse(await exec('ip', ['-json', '-4', 'route', 'show'])) as {
    dst: string;
  }[];
  return routes.map(({ dst }) => dst).filter((dst) => dst !== 'default');
}

async function ipBatch(steps: readonly string[], netns?: string): Promise<void> {
  if (steps.length === 0) return;
  await exec('ip', [...(netns ? ['-netns', netns] : []), '-batch', '-'], {
    input: `${steps.join('\n')}\n`,
  });
}
