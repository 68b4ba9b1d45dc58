export { durationMs } from './duration.ts';
export { plainKinds } from './plain-kinds.ts';
export { podRunner } from './pod-runner.ts';
export {
  actionText,
  createTestCluster,
  type TestCluster,
  type TestClusterOptions,
} from './test-cluster.ts';
