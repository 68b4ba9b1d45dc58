import { sentence } from '@coxswain/base';
import type { ObjectRef } from '@coxswain/control';
import type { CanAnswer, CanQuestion } from './can.ts';
import type { Cause, Step } from './cause.ts';
import type { DrainPlan } from './drain.ts';
import type { Explanation } from './explain.ts';
import type { Look } from './look.ts';
import { inEnglish } from './messages/index.ts';

/** A cause in the list that tells the tree from the top: what follows it one deeper is why. */
export interface ToldCause extends Omit<Cause, 'because' | 'steps'> {
  readonly depth: number;
  readonly message: string; // in English, for whoever has no words of their own
  readonly steps: readonly (Step & { readonly message: string })[];
}

/** What is answered; `WhyReview.status`. */
export interface Answer {
  readonly about: ObjectRef;
  readonly state: string;
  /** Nothing was found to be wrong. */
  readonly well: boolean;
  readonly causes: readonly ToldCause[];
  readonly allowed?: boolean;
  readonly drain?: DrainPlan;
  /** Resources that the one who asks may not read. */
  readonly hidden: readonly string[];
  /** Whether components of this cluster kept reasons that were looked at. */
  readonly reasonsKept: boolean;
  /** When it was so, ms since the epoch. */
  readonly atMs: number;
}

const common = (look: Look) => ({
  hidden: [...look.hidden].toSorted(),
  reasonsKept: look.hasReasons,
  atMs: look.nowMs,
});

export const answerOf = ({ about, state, causes }: Explanation, look: Look): Answer => ({
  ...{ about, state, well: causes.length === 0, causes: told(causes) },
  ...common(look),
});

export const canAnswerOf = (
  question: CanQuestion,
  { allowed, causes }: CanAnswer,
  look: Look,
): Answer => {
  const { verb, resource, namespace, user: name } = question;
  const state = [verb, resource, namespace].filter(Boolean).join(' ');
  return {
    about: { kind: 'User', name },
    state,
    well: allowed,
    allowed,
    causes: told(causes),
    ...common(look),
  };
};

export const drainAnswerOf = (drain: DrainPlan, look: Look): Answer => ({
  about: { kind: 'Node', name: drain.node },
  state: '',
  well: drain.pods.every(({ does }) => does !== 'blocks'),
  causes: [],
  drain,
  ...common(look),
});

/** The tree of causes as a list. */
const told = (causes: readonly Cause[], depth = 0): readonly ToldCause[] =>
  causes.flatMap(({ because, steps, ...cause }) => [
    {
      ...cause,
      depth,
      message: sentence(inEnglish.causes[cause.cause], cause.facts),
      steps: steps.map((step) => ({
        ...step,
        message: sentence(inEnglish.steps[step.step], step.facts),
      })),
    },
    ...told(because, depth + 1),
  ]);
