import type { Station } from './station.ts';

/** Most annotations one request may gather. */
const annotationsMax = 64;

/** Gives each request a place for annotations; the first value of a key stands. */
export const audit: Station = {
  name: 'audit',
  pass(request, next) {
    const annotations = new Map<string, string>();
    const annotate = (key: string, value: string): void => {
      if (annotations.size < annotationsMax && !annotations.has(key)) annotations.set(key, value);
    };
    return next({ ...request, annotate });
  },
};
