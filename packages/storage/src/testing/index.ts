export { type OpenStorage } from './fixture.ts';
export { storageSuite } from './suite.ts';
