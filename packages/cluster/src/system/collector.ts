import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8's collector what a server of many objects is. The bytes of objects lie outside its heap; by default each 64 MB of them that come
 * make it look through the whole heap, as small as their share may be: a fifth of all time while thousands of pods start.
 * With these it waits until heap and bytes together have grown by a share of what they were.
 */
export function tuneCollector(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--external-memory-max-growing-factor=2');
}
