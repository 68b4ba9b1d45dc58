export { clientSuite, type Opened } from './suite.ts';
