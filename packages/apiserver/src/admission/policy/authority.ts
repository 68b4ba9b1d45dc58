import type { UserInfo } from '@coxswain/api';
import {
  type Answer,
  authorizerValue,
  type Question,
  requestResourceValue,
  type Value,
} from '@coxswain/cel';
import type { Authorizer, Decision } from '../../authz/authorizer.ts';
import { decide } from '../../chain/authorize.ts';
import type { Admission } from '../plugin.ts';

/** Ends a run that asked what is not known yet; the run is tried again when it is. */
class Unanswered extends Error {
  readonly answered: Promise<void>;
  constructor(answered: Promise<void>) {
    super('not answered yet');
    this.answered = answered;
  }
}

const serviceAccount = ({ namespace, name }: { namespace: string; name: string }): UserInfo => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** Answers the questions of expressions about one request to the authorizer; each question is asked once. */
export class Authority {
  readonly #authorizers: readonly Authorizer[];
  readonly #admission: Admission;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Answer>();

  constructor(authorizers: readonly Authorizer[], admission: Admission, signal: AbortSignal) {
    this.#authorizers = authorizers;
    this.#admission = admission;
    this.#signal = signal;
  }

  /** The variables that expressions ask by. */
  get values(): Readonly<Record<string, Value>> {
    const { resource, subresource, namespace, name } = this.#admission;
    const ask = (question: Question): Answer => this.#ask(question);
    const own = {
      group: resource.group,
      resource: resource.resource,
      subresource,
      namespace,
      name,
    };
    return {
      authorizer: authorizerValue(ask),
      'authorizer.requestResource': requestResourceValue(ask, own),
    };
  }

  /** Runs until everything that the run asks is answered. */
  async run<T>(attempt: () => T): Promise<T> {
    for (;;)
      try {
        return attempt();
      } catch (cause) {
        if (!(cause instanceof Unanswered)) throw cause;
        await cause.answered;
      }
  }

  #ask(question: Question): Answer {
    const key = JSON.stringify(question);
    const known = this.#answers.get(key);
    if (known) return known;
    throw new Unanswered(this.#settle(key, question));
  }

  async #settle(key: string, question: Question): Promise<void> {
    const user = question.serviceAccount
      ? serviceAccount(question.serviceAccount)
      : this.#admission.user;
    const { path, verb, group = '', resource = '', subresource = '' } = question;
    const { namespace = '', name = '', labelSelector = '', fieldSelector = '' } = question;
    const info = {
      isResource: path === undefined,
      ...{ verb, group, version: '*', resource, subresource, namespace, name },
      ...{ path: path ?? '', rest: '', labelSelector, fieldSelector },
    };
    this.#answers.set(key, await this.#decided(user, info));
  }

  async #decided(user: UserInfo, info: Parameters<typeof decide>[2]): Promise<Answer> {
    try {
      const { decision, reason }: Decision = await decide(
        this.#authorizers,
        user,
        info,
        this.#signal,
      );
      return { allowed: decision === 'allow', reason };
    } catch (cause) {
      return { allowed: false, reason: '', error: (cause as Error).message };
    }
  }
}
