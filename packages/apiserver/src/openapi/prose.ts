/**
 * What a published package says of types (`V1Pod`, `CoreV1Event`: as clients name them) and of their fields; `''` is the type itself.
 * The sources have none of it: `scripts/prose.ts` reads it off the package that is installed, where the bundle is made.
 */
export const prose: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
