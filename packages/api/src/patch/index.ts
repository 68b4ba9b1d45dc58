export { applyJsonPatch, jsonPatchOperationsMax } from './json-patch.ts';
export { applyMergePatch } from './merge-patch.ts';
export { applyStrategicPatch } from './strategic.ts';
export type { JsonObject } from './json.ts';
