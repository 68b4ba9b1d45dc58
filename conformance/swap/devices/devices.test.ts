/** Devices for claims, by upstream's scheduler and claim controller and by ours, on upstream's server and on ours: the same end. */
import { test } from 'node:test';
import { whyNoUpstream } from '../../testing/upstream.ts';
import { ourRunning, playFourWays, upstreamControllers, upstreamRunning } from '../four-ways.ts';
import { allocationCases } from './device-cases.ts';
import { lifeCases } from './life-cases.ts';
import { podsAndClaims } from './outcome.ts';

const lacking = whyNoUpstream('kube-apiserver', 'kube-controller-manager', 'kube-scheduler');

test('devices for claims', { skip: lacking ?? false }, (t) =>
  playFourWays(t, {
    cases: [...allocationCases, ...lifeCases(allocationCases.length)],
    observe: podsAndClaims,
    theirs: (server) => [
      upstreamControllers(
        server,
        ...['serviceaccount-controller', 'resourceclaim-controller'],
        ...['device-taint-eviction-controller', 'garbage-collector-controller'],
      ),
      upstreamRunning(server, 'kube-scheduler'),
    ],
    ours: (server) => ['controllers', 'scheduler'].map((name) => ourRunning(server, name)),
  }),
);
