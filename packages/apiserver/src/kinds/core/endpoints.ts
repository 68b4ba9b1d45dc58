import { Endpoints as EndpointsResource } from '@coxswain/api';
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Endpoints,
} from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { allInvalid, oneOf, required, type Rules } from '../rules/field.ts';
import { endpointAddress, validAddress } from '../rules/ip.ts';
import { dns1123Label, portNumber, qualifiedName, subdomainName } from '../rules/name.ts';

function* address(path: string, { ip, hostname, nodeName }: EndpointAddress): Rules {
  yield* validAddress(`${path}.ip`, ip);
  if (hostname) yield* allInvalid(`${path}.hostname`, hostname, dns1123Label(hostname));
  if (nodeName !== undefined)
    yield* allInvalid(`${path}.nodeName`, nodeName, subdomainName(nodeName));
  yield* endpointAddress(`${path}.ip`, ip);
}

function* port(
  path: string,
  { name, port: number, protocol, appProtocol }: EndpointPort,
  named: boolean,
): Rules {
  if (name) yield* allInvalid(`${path}.name`, name, dns1123Label(name));
  else if (named) yield required(`${path}.name`);
  yield* allInvalid(`${path}.port`, number, portNumber(number));
  yield* oneOf(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
  if (appProtocol !== undefined)
    yield* allInvalid(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol));
}

function* subset(
  path: string,
  { addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset,
): Rules {
  if (!addresses.length && !notReadyAddresses.length)
    yield required(path, 'must specify `addresses` or `notReadyAddresses`');
  for (const [index, one] of addresses.entries())
    yield* address(`${path}.addresses[${index}]`, one);
  for (const [index, one] of notReadyAddresses.entries())
    yield* address(`${path}.notReadyAddresses[${index}]`, one);
  for (const [index, one] of ports.entries())
    yield* port(`${path}.ports[${index}]`, one, ports.length > 1);
}

function* rules({ subsets = [] }: Endpoints): Rules {
  for (const [index, one] of subsets.entries()) yield* subset(`subsets[${index}]`, one);
}

const shownMax = 3;

/** The first few ready addresses with their ports, and how many more there are. */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (!subsets.length) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length
      ? ports.flatMap((one) =>
          addresses.map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${one.port}`),
        )
      : addresses.map(({ ip }) => ip),
  );
  const shown = all.slice(0, shownMax).join(',');
  return all.length > shownMax ? `${shown} + ${all.length - shownMax} more...` : shown;
}

/** Addresses behind a Service, in the old form. */
export const endpointsKind: Kind<Endpoints> = {
  resource: EndpointsResource,
  shortNames: ['ep'],
  allowCreateOnUpdate: true,
  generation: false,
  defaults: ({ subsets = [] }) => {
    for (const { ports = [] } of subsets) for (const one of ports) one.protocol ||= 'TCP';
  },
  validate: rules,
  *validateUpdate(next, before) {
    if (!equal(next.subsets, before.subsets)) yield* rules(next);
  },
  deprecated: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [
    nameColumn,
    textColumn('Endpoints', 'Ready addresses with their ports.', endpointsText),
    ageColumn,
  ],
};
