import type { Pod } from '@coxswain/api/types/core-v1';
import { namespaceOf } from './spec.ts';

const labelMax = 63;
const hostnameMax = 64; // what the kernel takes

/** The pod's name for itself, and the domain it stands in when it has a subdomain. Throws when asked to use a name that is too long. */
export function podHostname(
  pod: Pod,
  clusterDomain: string,
): { readonly hostname: string; readonly domain: string; readonly uts: string } {
  const { hostname: own, subdomain, setHostnameAsFQDN, hostnameOverride } = pod.spec!;
  if (hostnameOverride) return { hostname: hostnameOverride, domain: '', uts: hostnameOverride };
  const hostname = own || truncated(pod.metadata.name);
  const domain = subdomain ? `${subdomain}.${namespaceOf(pod)}.svc.${clusterDomain}` : '';
  if (!setHostnameAsFQDN || !domain) return { hostname, domain, uts: hostname };
  const full = `${hostname}.${domain}`;
  if (full.length > hostnameMax)
    throw new Error(
      `Failed to construct FQDN from Pod hostname and cluster domain, FQDN ${full} is too long (${hostnameMax} characters is the max, ${full.length} characters requested)`,
    );
  return { hostname, domain, uts: full };
}

const truncated = (name: string): string =>
  name.length <= labelMax ? name : name.slice(0, labelMax).replace(/[-.]+$/, '');
