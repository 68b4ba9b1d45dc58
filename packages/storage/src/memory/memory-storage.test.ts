import { storageSuite } from '../testing/index.ts';
import { openMemoryStorage } from './index.ts';

storageSuite('memory', async (world, retention) => openMemoryStorage(world, retention));
