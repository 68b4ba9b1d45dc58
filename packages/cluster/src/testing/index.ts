export { lineAcross } from './across.ts';
export { durationMs } from './duration.ts';
export { serve, type ServedCluster } from './served.ts';
export { podRunner } from './pod-runner.ts';
export { actionText } from './action-text.ts';
export { createTestCluster, type TestCluster, type TestClusterOptions } from './test-cluster.ts';
