export { createTestCluster, type TestCluster, type TestClusterOptions } from './testing/index.ts';
