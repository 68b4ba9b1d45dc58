import { type Change, type Draft, each, type Tell } from '../draft.ts';

function backend(from: Draft | undefined, field: string, tell: Tell): Draft | undefined {
  if (from?.['serviceName'] === undefined) return from;
  const { serviceName, servicePort, ...rest } = from;
  const isNumber = /^\d+$/.test(String(servicePort));
  const port = isNumber ? { number: Number(servicePort) } : { name: servicePort };
  tell('backend', { field, service: String(serviceName) });
  return {
    ...rest,
    service: { name: serviceName, ...(servicePort !== undefined && { port }) },
  };
}

export const ingress: Change = ({ spec = {} }, tell) => {
  if (spec.backend) {
    spec.defaultBackend = backend(spec.backend, 'spec.defaultBackend', tell);
    delete spec.backend;
  }
  let untyped = 0;
  for (const [at, rule] of each(spec.rules).entries())
    for (const [place, path] of each(rule['http']?.paths).entries()) {
      path['backend'] = backend(
        path['backend'],
        `spec.rules[${at}].http.paths[${place}].backend`,
        tell,
      );
      if (path['pathType'] === undefined) untyped++;
      path['pathType'] ??= 'ImplementationSpecific';
    }
  if (untyped > 0) tell('path-type', { paths: untyped });
};
