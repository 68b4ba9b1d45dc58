import { ConfigMaps, Secrets } from '@coxswain/api';
import type {
  ConfigMap,
  KeyToPath,
  Pod,
  Secret,
  Volume,
  VolumeProjection,
} from '@coxswain/api/types/core-v1';
import type { Informers } from '@coxswain/client';
import { fieldText } from '@coxswain/kubelet/simulated';
import type { Files } from './process.ts';

/** What the containers of a pod wrote below their `emptyDir`s, by volume and path. */
export type Written = Map<string, Map<string, string>>;

const noFacts = { nodeName: '', hostIps: [], podIps: [], allocatable: {} };
const decoder = new TextDecoder();
const textOf = (base64: string): string => decoder.decode(Uint8Array.fromBase64(base64));

/** Keys as files, or those that `items` name under the paths they give. */
function pathsOf(
  contents: Readonly<Record<string, string>>,
  items: readonly KeyToPath[] | undefined,
): Map<string, string> {
  if (!items?.length) return new Map(Object.entries(contents));
  return new Map(
    items.flatMap(({ key, path }) => (key in contents ? [[path, contents[key]!] as const] : [])),
  );
}

const configMapTexts = (object: ConfigMap | undefined): Record<string, string> => ({
  ...object?.data,
  ...Object.fromEntries(
    Object.entries(object?.binaryData ?? {}).map(([key, value]) => [key, textOf(value)]),
  ),
});
const secretTexts = (object: Secret | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(object?.data ?? {}).map(([key, value]) => [key, textOf(value)]),
  );

/** The files of one container, read from the objects as they are when they are asked for. */
export function mountedFiles(
  pod: () => Pod | undefined,
  container: string,
  informers: Informers,
  written: Written,
): Files {
  const namespace = (): string => pod()?.metadata.namespace ?? '';
  const sourceFiles = (source: Volume | VolumeProjection): Map<string, string> => {
    const { configMap, secret, downwardAPI } = source;
    if (configMap) {
      const object = informers.of(ConfigMaps).get(configMap.name ?? '', namespace());
      return pathsOf(configMapTexts(object), configMap.items);
    }
    if (secret) {
      const name =
        ('secretName' in secret ? secret.secretName : (secret as { name?: string }).name) ?? '';
      return pathsOf(secretTexts(informers.of(Secrets).get(name, namespace())), secret.items);
    }
    const fields = (downwardAPI?.items ?? []).flatMap(({ path, fieldRef }) =>
      fieldRef ? [[path, fieldText(fieldRef, pod()!, noFacts)] as const] : [],
    );
    return new Map(fields);
  };
  const volumeFiles = (volume: Volume): Map<string, string> => {
    if (volume.projected)
      return new Map(
        (volume.projected.sources ?? []).flatMap((source) => [...sourceFiles(source)]),
      );
    return volume.emptyDir ? (written.get(volume.name) ?? new Map()) : sourceFiles(volume);
  };
  /** The volume below whose mount a path lies, and the rest of the path. */
  const place = (path: string): readonly [volume: Volume, rest: string] | undefined => {
    const { spec } = pod() ?? {};
    const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    const mounts = all.find(({ name }) => name === container)?.volumeMounts ?? [];
    const below = mounts
      .filter(({ mountPath }) => path === mountPath || path.startsWith(withSlash(mountPath)))
      .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
    const volume = below && spec?.volumes?.find(({ name }) => name === below.name);
    if (!volume) return undefined;
    const rest = path.slice(below.mountPath.length).replace(/^\//, '');
    return [volume, [below.subPath, rest].filter(Boolean).join('/')];
  };
  return {
    read(path) {
      const found = place(path);
      return found && volumeFiles(found[0]).get(found[1]);
    },
    write(path, text) {
      const [volume, rest] = place(path) ?? [];
      if (!volume?.emptyDir) throw new Error(`open ${path}: read-only file system`);
      const files = written.get(volume.name) ?? new Map<string, string>();
      written.set(volume.name, files.set(rest!, text));
    },
    list(path) {
      const [volume, rest] = place(path) ?? [];
      const prefix = rest ? `${rest}/` : '';
      const names = [...(volume ? volumeFiles(volume).keys() : [])]
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length).split('/')[0]!);
      return [...new Set(names)].toSorted();
    },
  };
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
