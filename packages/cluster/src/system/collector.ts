import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * Tells V8's collector what a server of many objects is. The bytes of objects lie outside its heap; by default each 64 MB of them that come
 * make it look through the whole heap, as small as their share may be: a fifth of all time while thousands of pods start.
 * With these it waits until heap and bytes together have grown by a share of what they were. Only for processes of our own: compiled code
 * that was kept under other flags is refused.
 */
export function tuneCollector(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--external-memory-max-growing-factor=2');
}

/** From so many bytes on, in the heap and beside it. */
const denseBytesMin = 2 ** 30;

/**
 * Holds a heap of gigabytes to growing by half before it is looked through; V8 alone lets it triple. That looking is rare by then, while below a
 * gigabyte it would take a fourth of all time under load.
 */
export function keepHeapDense(): Disposable {
  const observer = new PerformanceObserver((list) => {
    const { NODE_PERFORMANCE_GC_MAJOR: major } = constants;
    const isMajor = (entry: PerformanceEntry): boolean =>
      (entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } }).detail
        ?.kind === major;
    if (!list.getEntries().some(isMajor)) return;
    const { used_heap_size: used, external_memory: beside } = getHeapStatistics();
    setFlagsFromString(`--heap-growing-percent=${used + beside > denseBytesMin ? 50 : 0}`);
  });
  observer.observe({ entryTypes: ['gc'] });
  return { [Symbol.dispose]: () => observer.disconnect() };
}
