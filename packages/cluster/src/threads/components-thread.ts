import { Worker } from 'node:worker_threads';
import { ApiError, type KubeObject, type UserInfo } from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import type { ApiServer } from '@coxswain/apiserver';
import { serveAcross } from '@coxswain/apiserver/across';
import type { FromComponents, Question, ThreadSetup, ToComponents } from './messages.ts';

/** The components in their own thread, from the server's side. */
export class ComponentsThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #asked = new Map<number, PromiseWithResolvers<any>>();
  readonly #ready = Promise.withResolvers<number>();
  readonly #exited = Promise.withResolvers<void>();
  #next = 0;
  #isStopping = false;

  /** `failed` is told when the thread ends by itself. */
  constructor(server: ApiServer, setup: ThreadSetup, failed: (cause: Error) => void) {
    this.#worker = new Worker(new URL('./components.worker.ts', import.meta.url), {
      workerData: setup,
    });
    serveAcross(server.respond, this.#worker);
    this.#worker.on('message', (message: FromComponents) => this.#hear(message));
    let cause: Error | undefined;
    this.#worker.on('error', (error) => void (cause = error as Error));
    this.#worker.on('exit', () => {
      const error = new Error('the thread of the components ended', { cause });
      this.#ready.reject(error);
      for (const { reject } of this.#asked.values()) reject(error);
      this.#exited.resolve();
      if (!this.#isStopping) failed(error);
    });
    this.#ready.promise.catch(() => {}); // awaited by whoever starts the nodes, if it comes to that
  }

  /** Port of the simulated kubelets, once all components run. */
  get kubeletPort(): Promise<number> {
    return this.#ready.promise;
  }

  /** Answers a WhyReview by what the components kept. */
  why(review: KubeObject, user: UserInfo): Promise<KubeObject> {
    return this.#ask({ about: 'why', user, review });
  }

  /** Their metrics, in the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.#ask({ about: 'metrics' });
  }

  /** `ok`, or throws what that part of them has ended with. */
  check(part: string): Promise<string> {
    return this.#ask({ about: 'health', part });
  }

  /** Lets the components end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#say({ do: 'stop' });
    await this.#exited.promise;
  }

  #ask(question: Question): Promise<any> {
    const id = this.#next++;
    const answer = Promise.withResolvers<any>();
    this.#asked.set(id, answer);
    this.#say({ do: 'answer', id, question });
    return answer.promise;
  }

  #say(message: ToComponents): void {
    this.#worker.postMessage(message, []);
  }

  #hear(message: FromComponents): void {
    if (message.said === 'ready') return this.#ready.resolve(message.kubeletPort);
    if (message.said !== 'answer' && message.said !== 'refusal') return;
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.said === 'answer') asked?.resolve(message.answer);
    else asked?.reject(ApiError.fromStatus(message.status as Status));
  }
}
