import { type Change, type Draft, drop, each, type Tell } from '../draft.ts';

/** A request of resource.k8s.io/v1 names alternatives, or what it wants exactly: v1alpha3 knew that alone. */
function requests(spec: Draft | undefined, at: string, tell: Tell): void {
  drop(spec, 'controller', tell, at);
  for (const [place, request] of each(spec?.['devices']?.requests).entries()) {
    const { name, ...exactly } = request;
    for (const field of Object.keys(exactly)) delete request[field];
    Object.assign(request, { name, exactly });
    tell('moved', { field: `${at}devices.requests[${place}]`, to: 'exactly' });
  }
}

export const claim: Change = ({ spec }, tell) => requests(spec, 'spec.', tell);

export const claimTemplate: Change = ({ spec }, tell) => requests(spec?.spec, 'spec.spec.', tell);

export const deviceClass: Change = ({ spec }, tell) => drop(spec, 'suitableNodes', tell, 'spec.');

export const slice: Change = ({ spec }, tell) => {
  for (const [place, device] of each(spec?.devices).entries()) {
    const { attributes, capacity } = (device['basic'] ?? {}) as Draft;
    delete device['basic'];
    if (attributes) device['attributes'] = attributes;
    if (capacity)
      device['capacity'] = Object.fromEntries(
        Object.entries(capacity as Draft).map(([name, value]) => [name, { value }]),
      );
    tell('moved', { field: `spec.devices[${place}].basic`, to: `spec.devices[${place}]` });
  }
};
