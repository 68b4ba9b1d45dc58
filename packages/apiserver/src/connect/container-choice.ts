import { badRequest } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';

/** The container that is meant: the one that is named, or the only one. Throws 400 with upstream's words. */
export function chooseContainer(pod: Pod, asked: string | undefined): string {
  const containers = pod.spec?.containers ?? [];
  const { initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  // Upstream's order of going through them.
  const all = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
  const { name } = pod.metadata;
  if (asked) {
    if (all.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (containers.length === 1) return containers[0]!.name;
  const why = `a container name must be specified for pod ${name}`;
  throw badRequest(containers.length === 0 ? why : `${why}, choose one of: [${all.join(' ')}]`);
}
