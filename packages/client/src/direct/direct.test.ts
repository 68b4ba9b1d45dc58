import { createTestCluster } from '@coxswain/cluster/testing';
import { clientSuite } from '../testing/index.ts';

clientSuite('direct', () => createTestCluster());
