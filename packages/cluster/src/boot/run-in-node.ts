import type { RunInNode } from '@coxswain/network';
import { inNetns } from '../nodes/links.ts';
import { exec } from '../system/exec.ts';

/** Runs programs in a node's network namespace. */
export const runInNetns =
  (netns: string): RunInNode =>
  (program, args, input) => {
    const [nsenter, before] = inNetns(netns);
    return exec(nsenter, [...before, program, ...args], input === undefined ? {} : { input });
  };
