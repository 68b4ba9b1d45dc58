import { BlockList, isIP } from 'node:net';
import { type Via, viaProxy } from '@coxswain/base/wire';
import { proxyUrl, schemes } from '../config/proxy-url.ts';

/** How a server is reached: through the proxy `named` for it, or else as the environment says; undefined for directly. */
export function viaOf(
  server: string,
  named: string | undefined,
  env: NodeJS.ProcessEnv,
): Via | undefined {
  const proxy = named ? proxyUrl(named) : proxyOfEnvironment(new URL(server), env);
  return proxy && viaProxy(proxy);
}

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go reads them, in small letters too. */
export function proxyOfEnvironment(server: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const of = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const text = of(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (!text || isDirect(server, of('NO_PROXY'))) return undefined;
  try {
    const url = new URL(text);
    if (schemes.has(url.protocol) || url.protocol === 'socks5h:') return url;
  } catch {
    // Without a scheme it is an HTTP proxy.
  }
  return new URL(`http://${text}`);
}

function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replaceAll(/[[\]]/g, '').toLowerCase().replace(/\.$/, '');
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')))
    return true;
  return noProxy
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .some((each) => {
      if (each === '*') return true;
      if (each === '') return false;
      const [network = '', bits] = each.split('/');
      if (bits !== undefined) {
        if (!isIP(network) || !isIP(host)) return false;
        const block = new BlockList();
        block.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
        return block.check(host, family);
      }
      const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(each)!;
      const bare = isIP(each) === 6 ? each : name.replaceAll(/[[\]]/g, '');
      if (isIP(each) !== 6 && wanted !== undefined && wanted !== port) return false;
      if (isIP(bare)) return host === bare;
      const domain = bare.replace(/^\*\./, '.');
      return domain.startsWith('.')
        ? host.endsWith(domain)
        : host === domain || host.endsWith(`.${domain}`);
    });
}
