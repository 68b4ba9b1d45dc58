import type { ConfigMap, KeyToPath, Secret } from '@coxswain/api/types/core-v1';
import type { PayloadFile } from './atomic-writer.ts';

export const defaultFileMode = 0o644;

type Contents = ReadonlyMap<string, Uint8Array>;

export const configMapContents = (object: ConfigMap | undefined): Contents =>
  new Map([
    ...Object.entries(object?.data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const),
    ...Object.entries(object?.binaryData ?? {}).map(
      ([key, base64]) => [key, Buffer.from(base64, 'base64')] as const,
    ),
  ]);

export const secretContents = (object: Secret | undefined): Contents =>
  new Map(
    Object.entries(object?.data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')]),
  );

/** The files of an object: all of its keys, or those that `items` name, under the paths they give. */
export function objectFiles(
  contents: Contents,
  items: readonly KeyToPath[] | undefined,
  mode: number,
  isOptional: boolean,
): Map<string, PayloadFile> {
  if (!items?.length) return new Map([...contents].map(([key, data]) => [key, { data, mode }]));
  const files = new Map<string, PayloadFile>();
  for (const { key, path, mode: own } of items) {
    const data = contents.get(key);
    if (data) files.set(path, { data, mode: own ?? mode });
    else if (!isOptional) throw new Error(`references non-existent config key: ${key}`);
  }
  return files;
}
