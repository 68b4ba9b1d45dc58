import { IngressClasses, Ingresses } from '@coxswain/api';
import type { Ingress, IngressClass } from '@coxswain/api/types/networking-v1';
import type { Objects } from '../authz/objects.ts';
import { newestDefault } from './newest-default.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

const legacyClass = 'kubernetes.io/ingress.class';
const isDefault = ({ metadata }: IngressClass): boolean =>
  metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';

/** An ingress that names no class gets the default one; of several, the newest. */
export function defaultIngressClass(objects: Objects): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: (admission) => isWrite(admission, Ingresses, ['CREATE']),
    mutate({ object }) {
      const ingress = object as Ingress;
      if (
        ingress.spec?.ingressClassName !== undefined ||
        ingress.metadata.annotations?.[legacyClass]
      )
        return ingress;
      const found = newestDefault(objects.all(IngressClasses), isDefault);
      return found
        ? { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata.name } }
        : ingress;
    },
  };
}
