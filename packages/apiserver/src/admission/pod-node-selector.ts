import { Namespaces, notFound, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, plainError, refuse } from './refuse.ts';

type Labels = Readonly<Record<string, string>>;

const annotation = 'scheduler.alpha.kubernetes.io/node-selector';
const everywhere = 'clusterDefaultNodeSelector';

/** Selectors by namespace, and the one for all others. */
export function nodeSelectors(file: unknown): Labels {
  return (
    (file as { readonly podNodeSelectorPluginConfig?: Labels } | undefined)
      ?.podNodeSelectorPluginConfig ?? {}
  );
}

/** Pods of a namespace run on the nodes that its annotation chooses. */
export function podNodeSelector(configured: Labels): AdmissionPlugin {
  const wantedOf = (admission: Admission): Labels => {
    const { namespace, context, object } = admission;
    const found = context.lookup(Namespaces, namespace);
    if (!found) throw notFound({ ...Namespaces, name: namespace });
    const wanted = labelsOf(
      found.metadata.annotations?.[annotation] ?? configured[everywhere] ?? '',
    );
    const own = (object as Pod).spec.nodeSelector ?? {};
    if (Object.keys(wanted).some((key) => own[key] !== undefined && own[key] !== wanted[key]))
      throw refuse(
        admission,
        'pod node label selector conflicts with its namespace node label selector',
      );
    return wanted;
  };
  const check = (admission: Admission): void => {
    wantedOf(admission);
    const allowed = labelsOf(configured[admission.namespace] ?? '');
    const own = Object.entries((admission.object as Pod).spec.nodeSelector ?? {});
    const isFree = Object.keys(allowed).length === 0;
    if (!isFree && own.some(([key, value]) => allowed[key] !== value))
      throw refuse(
        admission,
        'pod node label selector labels conflict with its namespace whitelist',
      );
  };
  return {
    name: 'PodNodeSelector',
    handles: (admission) => isWrite(admission, Pods, ['CREATE']),
    mutate(admission) {
      const pod = admission.object as Pod;
      const nodeSelector = { ...wantedOf(admission), ...pod.spec.nodeSelector };
      const object: Pod =
        Object.keys(nodeSelector).length > 0
          ? { ...pod, spec: { ...pod.spec, nodeSelector } }
          : pod;
      check({ ...admission, object });
      return object;
    },
    validate: check,
  };
}

/** `disk=ssd,zone=a` */
function labelsOf(text: string): Labels {
  if (text === '') return {};
  return Object.fromEntries(
    text.split(',').map((term) => {
      const [key, value, ...more] = term.split('=');
      if (value === undefined || more.length > 0) throw plainError(`invalid selector: [${term}]`);
      return [key!.trim(), value.trim()];
    }),
  );
}
