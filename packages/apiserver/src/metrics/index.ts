export { type AccessFigures, accessFigures } from './access.ts';
export { measured } from './admission.ts';
export { featureMetrics } from './features.ts';
export { type ProcessFigures, processMetrics } from './process.ts';
export { type RequestFigures, requestFigures } from './requests.ts';
export { storedMetrics } from './stored.ts';
