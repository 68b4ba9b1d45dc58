import type { KubeObject, Resource, UserInfo } from '@coxswain/api';
import { reviewKind } from '@coxswain/apiserver/reviews';
import type { Kind } from '@coxswain/apiserver';
import type { Client } from '@coxswain/client';
import type { Answer } from './answer.ts';
import { answer, type Question } from './ask.ts';
import { type Kept, lookThrough } from './look.ts';

/** A question and its answer; never stored. */
export interface WhyReview extends KubeObject {
  readonly spec: Question;
  readonly status?: Answer;
}

export const WhyReviews: Resource<WhyReview> = {
  group: 'coxswain.dev',
  version: 'v1',
  resource: 'whyreviews',
  kind: 'WhyReview',
  namespaced: false,
};

const text = (description: string) => ({ type: 'string', description });
const object = (description: string, properties: object, required: readonly string[] = []) => ({
  ...{ type: 'object', description, properties },
  ...(required.length > 0 && { required }),
});
const list = (description: string, items: object) => ({ type: 'array', description, items });
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const about = object(
  'The object that is asked about.',
  {
    kind: text('Kind, resource or short name, with its group where that is needed.'),
    namespace: text('Its namespace; `default` when absent.'),
    name: text('Its name.'),
  },
  ['kind', 'name'],
);

const can = object(
  'What somebody may do, and by which rule.',
  {
    user: text('Who; whoever asks when absent.'),
    groups: list('Groups of the user beside those that follow from the name.', { type: 'string' }),
    verb: text('What is done: get, list, create ...'),
    resource: text('To what: `pods`, `pods/log`, `deployments.apps`.'),
    name: text('To which object; any when absent.'),
    namespace: text('Where; the whole cluster when absent.'),
  },
  ['verb', 'resource'],
);

const cause = object(
  'One link of the chain; what follows it one deeper is why.',
  {
    depth: {
      type: 'integer',
      description: 'How far from what was asked about; 0 for the first links.',
    },
    cause: text('Its name, which stays the same between versions.'),
    message: text('The same as a sentence.'),
    facts: { ...open, description: 'Numbers and names of the sentence.' },
    about: { ...open, description: 'The object that it is about.' },
    evidence: list('What it is known by.', open),
    steps: list('What to do next.', open),
    placement: {
      ...open,
      description:
        'Of a pod that waits: every node with what is in the way, and changes that would help.',
    },
  },
  ['cause', 'depth'],
);

const schema = object(
  'Asks why an object is as it is, and is answered at once. Nothing is stored.',
  {
    apiVersion: text('Version of this form.'),
    kind: text('WhyReview.'),
    metadata: { type: 'object' },
    spec: object('The question: exactly one of these.', {
      about,
      can,
      drain: object(
        'What draining a node would do; nothing is touched.',
        { node: text('The node.') },
        ['node'],
      ),
    }),
    status: object('The answer.', {
      about: { ...open, description: 'What the answer is about.' },
      state: text('How the object is, in a word.'),
      well: { type: 'boolean', description: 'Whether nothing is wrong.' },
      causes: list('The chain of causes, from what is seen to its roots.', cause),
      allowed: { type: 'boolean', description: 'The answer to `can`.' },
      drain: { ...open, description: 'The answer to `drain`, pod by pod.' },
      hidden: list('Resources that the one who asks may not read.', { type: 'string' }),
      reasonsKept: {
        type: 'boolean',
        description: 'Whether reasons that components kept were looked at.',
      },
      atMs: {
        type: 'integer',
        format: 'int64',
        description: 'When it was so, in milliseconds since 1970.',
      },
    }),
  },
  ['spec'],
);

/** WhyReview as the server serves it: routes, discovery and OpenAPI follow. */
export const whyReviewKind = (): Kind => reviewKind(WhyReviews, 'whyreview', schema as never);

export interface WhyParts extends Kept {
  readonly nowMs: () => number;
  /** Acts as that user, so that the answer is made of what they may read. */
  readonly clientOf: (user: UserInfo) => Client;
}

/** Answers WhyReviews. */
export const whyReview =
  ({ nowMs, clientOf, ...kept }: WhyParts) =>
  async (
    object: KubeObject,
    {
      context,
      request,
    }: {
      readonly context: { readonly user: UserInfo };
      readonly request: { readonly signal: AbortSignal };
    },
  ): Promise<KubeObject> => {
    const review = object as WhyReview;
    const look = lookThrough(clientOf(context.user), nowMs(), request.signal, kept);
    const status = await answer(review.spec, context.user, look);
    const { managedFields: _, ...metadata } = review.metadata; // nothing is kept, so nobody owns it
    return { ...review, metadata, status } as WhyReview;
  };
