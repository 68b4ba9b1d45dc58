import type { Case } from '../case.ts';
import { configuredCases } from './configured-cases.ts';
import { filterCases } from './filter-cases.ts';
import { lifeCases } from './life-cases.ts';
import { neighbourCases } from './neighbour-cases.ts';
import { preemptionCases } from './preemption-cases.ts';
import { scoreCases } from './score-cases.ts';
import { volumeCases } from './volume-cases.ts';
import { type Make, numbered } from './words.ts';

/** Made before all others. */
const classes: Make = (w) => ({
  name: 'a pod like any other',
  nodes: [
    w.node(),
    ...Object.entries({ low: -10, middle: 1000, high: 2000, patient: 2000 }).map(
      ([name, value]) => ({
        ...{ kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value },
        ...(name === 'patient' && { preemptionPolicy: 'Never' }),
      }),
    ),
  ],
  steps: [{ make: [w.pod()] }],
});
/** All cases, in the order of their ids. */
export const cases: readonly Case[] = numbered([
  ...[classes, ...filterCases, ...neighbourCases, ...scoreCases, ...volumeCases],
  ...[...preemptionCases, ...configuredCases, ...lifeCases],
]);
