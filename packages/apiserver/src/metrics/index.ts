export { type ProcessFigures, processMetrics } from './process.ts';
export { type RequestFigures, requestFigures } from './requests.ts';
export { storedMetrics } from './stored.ts';
