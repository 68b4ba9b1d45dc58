import {
  EndpointSlices,
  Endpoints,
  IngressClasses,
  Ingresses,
  IPAddresses,
  ServiceCIDRs,
  Services,
} from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Ingress, IngressBackend } from '@coxswain/api/types/networking-v1';
import { labelsText } from '../../printers/table.ts';
import { type Ask, type Describer, describer } from './describer.ts';
import {
  annotated,
  labelled,
  labelsOf,
  type Lines,
  longConditions,
  named,
  placed,
  row,
  section,
  table,
  titledTable,
} from './lines.ts';
import { referenceLines } from './volumes.ts';

const serviceLabel = 'kubernetes.io/service-name';

const slicesOf = (
  ask: Ask,
  namespace: string,
  service: string,
): Promise<readonly EndpointSlice[]> =>
  ask.list(EndpointSlices, namespace, { labels: `${serviceLabel}=${service}` });

/** Endpoints that are named before only their number is told. */
const endpointsMax = 3;

/** The ready endpoints behind the port of that name: `10.1.0.2:80,10.1.0.3:80 + 4 more...`. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const found: string[] = [];
  let isFull = false; // decided by whatever comes after the last one shown, ready or not
  for (const { ports, endpoints } of slices) {
    const chosen = ports?.length ? ports.filter(({ name = '' }) => name === portName) : [undefined];
    for (const port of chosen)
      for (const { addresses, conditions } of endpoints ?? []) {
        isFull ||= found.length === endpointsMax;
        if (conditions?.ready === false) continue;
        const address = addresses[0]!;
        const host = address.includes(':') ? `[${address}]` : address;
        found.push(port ? `${host}:${port.port}` : address);
      }
  }
  const shown = found.slice(0, endpointsMax).join(',');
  return isFull ? `${shown} + ${found.length - endpointsMax} more...` : shown;
}

const servicePorts = ({ spec }: Service, slices: readonly EndpointSlice[]): Lines =>
  (spec?.ports ?? []).flatMap((port) => {
    const name = port.name || '<unset>';
    return [
      `Port:\t${name}\t${port.port}/${port.protocol}`,
      `TargetPort:\t${port.targetPort ?? 0}/${port.protocol}`,
      row('AppProtocol', port.appProtocol),
      Boolean(port.nodePort) && `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`,
      `Endpoints:\t${endpointsText(slices, port.name ?? '')}`,
    ];
  });

const balancers = ({ status }: Service): string =>
  (status?.loadBalancer?.ingress ?? [])
    .map(({ ip, ipMode, hostname = '' }) =>
      ip ? `${ip}${ipMode ? ` (${ipMode})` : ''}` : hostname,
    )
    .join(', ');

/** A Service. */
export const service: Describer = describer({
  resource: Services,
  ask: (ask, { metadata }) =>
    slicesOf(ask, metadata.namespace ?? '', metadata.name).catch(() => []),
  lines(object, slices) {
    const { metadata, spec } = object;
    return [
      ...placed(metadata),
      ...labelsOf(metadata),
      `Selector:\t${labelsText(spec.selector)}`,
      `Type:\t${spec.type ?? ''}`,
      row('IP Family Policy', spec.ipFamilyPolicy),
      `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`,
      `IP:\t${spec.clusterIP ?? ''}`,
      `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`,
      row('External IPs', spec.externalIPs?.join(',')),
      row('Desired LoadBalancer IP', spec.loadBalancerIP),
      row('External Name', spec.externalName),
      row('LoadBalancer Ingress', balancers(object)),
      ...servicePorts(object, slices),
      `Session Affinity:\t${spec.sessionAffinity ?? ''}`,
      row('External Traffic Policy', spec.externalTrafficPolicy),
      row('Internal Traffic Policy', spec.internalTrafficPolicy),
      row('HealthCheck NodePort', spec.healthCheckNodePort || undefined),
      row('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges?.join(',')),
      row('Traffic Distribution', spec.trafficDistribution),
    ];
  },
});

const addresses = (list: readonly { readonly ip: string }[] | undefined): string =>
  (list ?? []).map(({ ip }) => ip).join(',') || '<none>';

const portTable = (ports: readonly string[]): Lines =>
  titledTable('Ports:', ['Name', 'Port', 'Protocol'], ports);

/** Endpoints. */
export const endpoints: Describer = describer({
  resource: Endpoints,
  lines: ({ metadata, subsets = [] }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    'Subsets:',
    ...subsets.flatMap((subset): Lines => [
      [
        `Addresses:\t${addresses(subset.addresses)}`,
        `NotReadyAddresses:\t${addresses(subset.notReadyAddresses)}`,
        ...portTable(
          (subset.ports ?? []).map(
            ({ name, port, protocol = '' }) => `${name || '<unset>'}\t${port}\t${protocol}`,
          ),
        ),
      ],
      '',
    ]),
  ],
});

const endpoint = ({ addresses: at, conditions, ...of }: Endpoint): Lines => [
  `- Addresses:\t${at.join(', ') || '<none>'}`,
  [
    'Conditions:',
    [`Ready:\t${conditions?.ready ?? '<unset>'}`],
    `Hostname:\t${of.hostname ?? '<unset>'}`,
    of.targetRef && `TargetRef:\t${of.targetRef.kind ?? ''}/${of.targetRef.name ?? ''}`,
    `NodeName:\t${of.nodeName ?? '<unset>'}`,
    `Zone:\t${of.zone ?? '<unset>'}`,
  ],
];

/** An EndpointSlice. */
export const endpointSlice: Describer = describer({
  resource: EndpointSlices,
  lines: ({ metadata, addressType, ports, endpoints: all }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    `AddressType:\t${addressType}`,
    ...(ports?.length
      ? portTable(
          ports.map(
            ({ name, port, protocol = '' }) =>
              `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`,
          ),
        )
      : ['Ports: <unset>']),
    ...(all?.length ? ['Endpoints:', all.flatMap(endpoint)] : ['Endpoints: <none>']),
  ],
});

/** What stands behind a backend; asked for one by one, as their errors are shown in place. */
async function backendText(ask: Ask, namespace: string, backend: IngressBackend): Promise<string> {
  const { service: to, resource } = backend;
  if (!to)
    return resource
      ? `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
      : '';
  const { number, name } = to.port ?? {};
  const text = `${to.name}:${number || (name ?? '')}`;
  try {
    const slices = await slicesOf(ask, namespace, to.name);
    const { spec } = await ask.get(Services, namespace, to.name);
    const fits = (spec?.ports ?? []).findLast(
      (port) => (number && number === port.port) || (name && name === port.name),
    );
    return `${text} (${endpointsText(slices, fits?.name ?? '')})`;
  } catch (error) {
    return `${text} (<error: ${(error as Error).message}>)`;
  }
}

const rulesOf = ({
  spec,
}: Ingress): readonly NonNullable<NonNullable<Ingress['spec']>['rules']>[number][] =>
  (spec?.rules ?? []).filter(({ http }) => http);

interface Backends {
  readonly fallback: string;
  /** For each path of each rule. */
  readonly paths: readonly (readonly string[])[];
}

async function backendsOf(ask: Ask, object: Ingress): Promise<Backends> {
  const namespace = object.metadata.namespace ?? '';
  const text = (backend: IngressBackend): Promise<string> => backendText(ask, namespace, backend);
  const { defaultBackend } = object.spec ?? {};
  return {
    fallback: defaultBackend ? await text(defaultBackend) : '<default>',
    paths: await Promise.all(
      rulesOf(object).map(({ http }) =>
        Promise.all(http!.paths.map(({ backend }) => text(backend))),
      ),
    ),
  };
}

const tls = ({ spec }: Ingress): Lines =>
  section(
    'TLS:',
    spec?.tls?.map(({ secretName, hosts = [] }) =>
      secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`,
    ),
  );

const ingressAddresses = ({ status }: Ingress): string =>
  [
    ...new Set(
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''),
    ),
  ]
    .filter(Boolean)
    .toSorted()
    .join(',');

/** An Ingress. */
export const ingress: Describer = describer({
  resource: Ingresses,
  ask: backendsOf,
  lines(object, { fallback, paths }) {
    const { metadata, spec } = object;
    const rules = rulesOf(object).flatMap(({ host, http }, at): Lines => [
      `${host || '*'}\t`,
      http!.paths.map(({ path = '' }, which) => `\t${path} \t${paths[at]![which]}`),
    ]);
    return [
      `Name:\t${metadata.name}`,
      ...labelled('Labels', metadata.labels),
      `Namespace:\t${metadata.namespace ?? ''}`,
      `Address:\t${ingressAddresses(object)}`,
      `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}`,
      `Default backend:\t${fallback}`,
      ...tls(object),
      'Rules:',
      table(['Host', 'Path', 'Backends'], rules.length > 0 ? rules : [`*\t*\t${fallback}`]),
      ...annotated('Annotations', metadata.annotations),
    ];
  },
});

/** An IngressClass. */
export const ingressClass: Describer = describer({
  resource: IngressClasses,
  lines: ({ metadata, spec }) => [
    ...named(metadata),
    `Controller:\t${spec?.controller ?? ''}`,
    ...section('Parameters:', spec?.parameters && referenceLines(spec.parameters)),
  ],
});

/** A ServiceCIDR. */
export const serviceCidr: Describer = describer({
  resource: ServiceCIDRs,
  lines: ({ metadata, spec, status }) => [
    ...named(metadata),
    `CIDRs:\t${(spec?.cidrs ?? []).join(', ')}`,
    Boolean(status?.conditions?.length) && 'Status:',
    ...longConditions(status?.conditions),
  ],
});

/** An IPAddress. */
export const ipAddress: Describer = describer({
  resource: IPAddresses,
  lines: ({ metadata, spec }) => [
    ...named(metadata),
    ...section(
      'Parent Reference:',
      spec?.parentRef && [
        `Group:\t${spec.parentRef.group ?? ''}`,
        `Resource:\t${spec.parentRef.resource ?? ''}`,
        `Namespace:\t${spec.parentRef.namespace ?? ''}`,
        `Name:\t${spec.parentRef.name ?? ''}`,
      ],
    ),
  ],
});
