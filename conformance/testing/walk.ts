/** A walk: one cluster, and stories told on it one after the other, each in a namespace of its own. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CoreV1Api, type KubernetesObject } from '@kubernetes/client-node';
import { type ClusterWish, WalkCluster } from './cluster.ts';
import { diagnosis } from './diagnosis.ts';
import { isContinuousIntegration, whyNoContainers, whyNoKubectl } from './machine.ts';
import type { RunOptions, Running } from './run.ts';
import { type Watched, watchUntil } from './watch.ts';

type Kubectl = (args: string | readonly string[], options?: RunOptions) => Promise<string>;

/** What a story is given. */
export interface Scene {
  readonly cluster: WalkCluster;
  readonly namespace: string;
  /** A named part of the story; the story ends with the first that fails. */
  readonly step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  /** kubectl in the story's namespace; its arguments are words, or one string with blanks between them. */
  readonly kubectl: Kubectl;
  /** The same, for what must fail: gives its standard error. */
  readonly kubectlFails: Kubectl;
  readonly kubectlRunning: (args: string | readonly string[]) => Running;
  /** Watches a resource of the namespace (`pods`, `apps/v1/deployments`) until `is` holds of all its objects. */
  readonly watch: <T extends KubernetesObject>(
    resource: string,
    selected: Watched,
    what: string,
    is: (objects: readonly T[]) => boolean,
    deadlineMs?: number,
  ) => Promise<readonly T[]>;
}

interface StoryNeeds {
  readonly kubectl?: boolean;
}

export type Tell = (scene: Scene) => Promise<void>;
export type Story = (title: string, needs: StoryNeeds, tell: Tell) => void;

/** Declares a walk. Real containers are asked for by `runtime: 'containerd'`, and skipped aloud where there can be none. */
export function walk(title: string, wish: ClusterWish, stories: (story: Story) => void): void {
  const missing = wish.runtime === 'simulated' ? undefined : whyNoContainers();
  if (missing !== undefined && isContinuousIntegration) {
    test(title, () => assert.fail(`the walk cannot be skipped here: ${missing}`));
    return;
  }
  describe(title, { skip: missing ?? false }, () => {
    let cluster: WalkCluster | undefined;
    before(async () => {
      cluster = await WalkCluster.start(wish);
    });
    after(async () => {
      await cluster?.[Symbol.asyncDispose]();
    });
    stories((name, needs, tell) => {
      const lacking = needs.kubectl ? whyNoKubectl() : undefined;
      test(name, { skip: lacking ?? false }, (t) => tellStory(t, cluster!, tell));
    });
  });
}

interface TestContext {
  test(name: string, work: () => Promise<void>): Promise<void>;
  diagnostic(text: string): void;
}

async function tellStory(t: TestContext, cluster: WalkCluster, tell: Tell): Promise<void> {
  const namespace = `story-${randomBytes(3).toString('hex')}`;
  await cluster.api(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  try {
    await tell(sceneOf(t, cluster, namespace));
  } catch (error) {
    t.diagnostic(await diagnosis(cluster, namespace));
    throw error;
  }
}

function sceneOf(t: TestContext, cluster: WalkCluster, namespace: string): Scene {
  const words = (args: string | readonly string[]): readonly string[] => [
    `--namespace=${namespace}`,
    ...(typeof args === 'string' ? args.split(/\s+/) : args),
  ];
  return {
    cluster,
    namespace,
    step: (title, work) => step(t, title, work),
    kubectl: (args, options) => cluster.kubectl(words(args), options),
    kubectlFails: async (args, options) => {
      const ran = await cluster.tryKubectl(words(args), options);
      assert.notEqual(ran.code, 0, `kubectl ${String(args)} should fail, but printed:\n${ran.out}`);
      return ran.err;
    },
    kubectlRunning: (args) => cluster.kubectlRunning(words(args)),
    watch: (resource, selected, what, is, deadlineMs) =>
      watchUntil(cluster.config(), pathOf(resource, namespace), selected, what, is, deadlineMs),
  };
}

function pathOf(resource: string, namespace: string): string {
  const parts = resource.split('/');
  const root = parts.length === 1 ? '/api/v1' : `/apis/${parts.slice(0, -1).join('/')}`;
  return `${root}/namespaces/${namespace}/${parts.at(-1)}`;
}

async function step<T>(t: TestContext, title: string, work: () => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  await t.test(title, async () => {
    result = { value: await work() };
  });
  if (result) return (result as { readonly value: T }).value;
  // What failed has been reported with the step.
  throw new Error(`the story ends at: ${title}`);
}
