import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Named, pairOf } from '../objects/arguments.ts';
import { allObjects, find } from '../objects/find.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import { builtIn } from '../objects/typed.ts';
import { throwAll } from '../command/failure.ts';
import type { Discovered } from '../session/discovery.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';

/** Pods, as discovery would tell of them. */
const podResource: Discovered = builtIn(Pods);

/** Where pods, one of them, or a part of it are served. */
export const podPath = (namespace: string, name?: string, subresource?: string): string =>
  pathOf(podResource, { namespace, name, subresource });

export const getPod = async (session: Session, namespace: string, name: string): Promise<Pod> =>
  session.rest().json<Pod & Unstructured>({
    ...{ method: 'GET', path: podPath(namespace, name), accept: accepts.typed },
  });

/** A pod by its place, for watching it. */
export const infoOfPod = ({ metadata }: Pod): Info => ({
  ...{ resource: podResource, subresource: '', source: '', object: undefined },
  namespace: metadata!.namespace ?? '',
  name: metadata!.name,
});

/** What each word names: `TYPE/NAME`, or the name of a pod. */
export const podsByDefault = (words: readonly string[]): Named => ({
  ...{ resources: [], names: [] },
  pairs: words.map((word) =>
    word.includes('/') ? pairOf(word) : { resource: 'pods', name: word },
  ),
});

/** The objects that words or files name. Throws when one is missing. */
export async function objectsNamed(
  session: Session,
  named: Named,
  filename: readonly string[] = [],
): Promise<readonly Unstructured[]> {
  const found = await find(session, {
    named,
    files: { filename },
    fetch: 'latest',
    accept: accepts.builtIn,
  });
  const { infos, errors } = await allObjects(found);
  throwAll(errors.slice(0, 1));
  return infos.map(({ object }) => object!);
}
