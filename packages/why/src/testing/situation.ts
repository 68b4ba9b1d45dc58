import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, startCluster, type StartOptions } from '@coxswain/cluster';
import type { Answer } from '../answer.ts';
import type { Question } from '../ask.ts';
import { messagesFor } from '../messages/index.ts';
import { render } from '../render.ts';
import { type WhyReview, WhyReviews } from '../review.ts';

/** Something that puzzles a user, and all that they are told of it. */
export interface Situation {
  readonly name: string;
  /** One node of 4 CPUs and 8 GiB when absent. */
  readonly cluster?: StartOptions;
  /** Manifests. */
  readonly given?: string;
  /** What happens then; the cluster comes to rest when absent. */
  readonly happens?: (cluster: Cluster) => Promise<unknown>;
  readonly ask: Question | ((cluster: Cluster) => Promise<Question>);
  readonly language?: string;
  /** The whole text, as on a terminal of 96 columns without colour. */
  readonly told: string;
}

type NodeWanted = Exclude<Exclude<StartOptions['nodes'], number | undefined>[number], string>;

/** A node of 4 CPUs and 8 GiB. */
export const small = (name: string, more: object = {}): NodeWanted => ({
  name,
  capacity: { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' },
  ...more,
});

/** Asks the cluster as any client does. */
export async function ask(cluster: Cluster, spec: Question): Promise<Answer> {
  const review = { apiVersion: 'coxswain.dev/v1', kind: 'WhyReview', metadata: {}, spec };
  const { status } = await cluster.client.create(WhyReviews, review as unknown as WhyReview, {
    signal: cluster.signal,
  });
  return status!;
}

/** What chance made differs between versions: names that the server made up, uids. */
const settled = (text: string): string =>
  text
    .replaceAll(/-[0-9a-f]{6,10}-[a-z0-9]{5}\b/g, '-HASH-abcde')
    .replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-abcde')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID');

/** What a user is told in a situation. */
export async function tell({
  cluster: options,
  given,
  happens,
  ask: asked,
  language = 'en',
}: Situation): Promise<string> {
  await using cluster = await startCluster({ nodes: [small('n1')], ...options } as StartOptions);
  if (given) await cluster.apply(given);
  await cluster.settle();
  await happens?.(cluster);
  const question = typeof asked === 'function' ? await asked(cluster) : asked;
  const answer = await ask(cluster, question);
  const messages = messagesFor({ COX_LANG: language });
  return settled(render(answer, { messages, width: 96, colour: false }));
}

/** One test for each situation. */
export function situations(all: readonly Situation[]): void {
  for (const situation of all)
    test(`why: ${situation.name}`, async () => {
      assert.equal(await tell(situation), situation.told.replace(/^\n/, ''));
    });
}
