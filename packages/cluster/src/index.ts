/** What `import ... from 'coxswain'` gives. */
export { ApiError } from '@coxswain/api';
export { RestlessError } from '@coxswain/base';
export * from './in-process/index.ts';
