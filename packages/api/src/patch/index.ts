export { applyJsonPatch, jsonPatchOperationsMax } from './json-patch.ts';
export { applyMergePatch } from './merge-patch.ts';
export { applyStrategicPatch } from './strategic.ts';
export type { JsonObject } from './json.ts';
export { strategicConflict } from './diff/conflicts.ts';
export { createMergePatch, createThreeWayMergePatch } from './diff/json-merge.ts';
export { createStrategicPatch, createThreeWayStrategicPatch } from './diff/strategic.ts';
