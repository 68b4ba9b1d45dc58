import { Nodes } from '@coxswain/api';
import type { Process } from './scene/process.ts';
import type { Scene } from './scene/scene.ts';
import { createNode, type Use } from './workload/use.ts';

/** Something that goes wrong for a while. Tells what; `heal` ends it. */
export interface Fault {
  readonly what: string;
  readonly forMs: number;
  readonly heal: () => void;
}

type Strike = (use: Use) => Fault;

const seconds = ({ chance }: Use, least: number, most: number): number =>
  chance.between(least, most) * 1000;

/** Components that often have something to do more often than the others. */
function component({ scene, chance }: Use): Process {
  const busy = /^(deployment|replicaset|statefulset|daemonset|job|cronjob|disruption|scheduler)/;
  const all = [...scene.processes.values()];
  const chosen = chance.is(0.7) ? all.filter(({ role }) => busy.test(role.name)) : all;
  return chance.one(chosen);
}

export const kubelets = ({ processes }: Scene): readonly Process[] =>
  [...processes.values()].filter(({ role }) => role.name.startsWith('kubelet '));

export const nodeOf = ({ role }: Process): string => role.name.replace('kubelet ', '');

const nothing = (): void => {};

const partition = (process: Process, forMs: number): Fault => {
  process.link.isCut = true;
  process.link.breakConnections();
  return {
    ...{ what: `${process.role.name} is cut off for ${forMs / 1000}s`, forMs },
    heal: () => (process.link.isCut = false),
  };
};

const crash = (process: Process, forMs: number): Fault => {
  process.crash();
  return {
    ...{ what: `${process.role.name} crashes for ${forMs / 1000}s`, forMs },
    heal: () => process.start(),
  };
};

/** Does the same to the links of one to three components. */
const onLinks =
  (what: string, change: (link: Process['link'], use: Use) => void): Strike =>
  (use) => {
    const names = Array.from({ length: use.chance.between(1, 3) }, () => {
      const { link } = component(use);
      change(link, use);
      return link.name;
    });
    return { what: `${names.join(', ')}: ${what}`, forMs: 0, heal: nothing };
  };

/** What goes wrong, and how often beside each other. */
export const faults: Readonly<Record<string, readonly [weight: number, Strike]>> = {
  'watches dropped': [4, onLinks('watches are dropped', (link) => link.dropWatches())],
  'watches expired': [
    3,
    onLinks('watches are dropped, and have expired', (link, { chance }) => {
      link.expiries = chance.between(1, 6);
      link.dropWatches();
    }),
  ],
  'stale cache': [
    6,
    (use) => {
      const { link } = component(use);
      const only = use.chance.one([undefined, 'pods', 'pods', 'replicasets', 'jobs', 'nodes']);
      const forMs = seconds(use, 5, 60);
      link.freeze((resource) => only === undefined || resource === only);
      const what = `${link.name} hears nothing of ${only ?? 'anything'} for ${forMs / 1000}s`;
      return { what, forMs, heal: () => link.thaw() };
    },
  ],
  conflicts: [
    3,
    onLinks('others write first', (link, { chance }) => (link.conflicts = chance.between(1, 8))),
  ],
  refusals: [
    3,
    onLinks('requests are refused', (link, { chance }) => (link.refusals = chance.between(1, 8))),
  ],
  'lost answers': [
    3,
    onLinks('answers are lost', (link, { chance }) => (link.lostAnswers = chance.between(1, 4))),
  ],
  'a slow link': [
    2,
    (use) => {
      const { link } = component(use);
      const forMs = seconds(use, 20, 90);
      link.latencyMs = use.chance.one([100, 1000, 5000]);
      const what = `${link.name}: up to ${link.latencyMs}ms each way for ${forMs / 1000}s`;
      return { what, forMs, heal: () => (link.latencyMs = 0) };
    },
  ],
  'a crash': [6, (use) => crash(component(use), seconds(use, 0, 60))],
  'a node crashes': [3, (use) => crash(use.chance.one(kubelets(use.scene)), seconds(use, 0, 600))],
  'a node is replaced': [
    2,
    (use) => {
      const kubelet = use.chance.one(kubelets(use.scene));
      const name = nodeOf(kubelet);
      const forMs = seconds(use, 5, 400);
      kubelet.crash();
      use.scene.user.remove(Nodes, name, { signal: use.signal }).catch(nothing);
      const heal = (): void => {
        createNode(use, name).catch(nothing); // it may be there still
        kubelet.start();
      };
      return { what: `${name} is taken away for ${forMs / 1000}s`, forMs, heal };
    },
  ],
  'a partition': [3, (use) => partition(component(use), seconds(use, 1, 120))],
  'a node is cut off': [
    4,
    (use) => partition(use.chance.one(kubelets(use.scene)), seconds(use, 10, 600)),
  ],
  'the server crashes': [
    3,
    (use) => {
      const forMs = seconds(use, 0, 45);
      use.scene.crashServer();
      const what = `the server crashes for ${forMs / 1000}s`;
      return { what, forMs, heal: () => use.scene.startServer() };
    },
  ],
  'a slow disk': [
    3,
    (use) => {
      const { disk } = use.scene;
      const forMs = seconds(use, 10, 60);
      disk.slowMs = use.chance.one([20, 200, 1000]);
      const what = `the disk takes up to ${disk.slowMs}ms for ${forMs / 1000}s`;
      return { what, forMs, heal: () => (disk.slowMs = 0) };
    },
  ],
  'time jumps': [
    2,
    ({ scene, chance }) => {
      const byMs = chance.one([-60_000, -5_000, 10_000, 120_000, 600_000]);
      for (const clock of scene.clocks) clock.shiftMs += byMs;
      return { what: `all clocks jump by ${byMs / 1000}s`, forMs: 0, heal: nothing };
    },
  ],
  'a clock is wrong': [
    2,
    (use) => {
      const { clock, role } = component(use);
      const byMs = use.chance.one([-30_000, -2_000, 2_000, 30_000]);
      clock.shiftMs += byMs;
      const what = `the clock of ${role.name} jumps by ${byMs / 1000}s`;
      return { what, forMs: seconds(use, 30, 300), heal: () => (clock.shiftMs -= byMs) };
    },
  ],
};
