/** What events say of images, in upstream's words. */

export const pullingText = (image: string): string => `Pulling image "${image}"`;
export const presentText = (image: string): string =>
  `Container image "${image}" already present on machine and can be accessed by the pod`;
export const pulledText = (
  image: string,
  tookMs: number,
  withWaitingMs: number,
  sizeBytes: number,
): string =>
  `Successfully pulled image "${image}" in ${timeText(tookMs)} (${timeText(withWaitingMs)} including waiting). Image size: ${sizeBytes} bytes.`;

const timeText = (ms: number): string =>
  ms < 1000
    ? `${ms}ms`
    : ms < 60_000
      ? `${ms / 1000}s`
      : `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`;
