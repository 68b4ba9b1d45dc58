export { createRecorder, type EventSource, type Occurrence, type Recorder } from './recorder.ts';
