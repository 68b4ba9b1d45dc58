/** What a proxy may speak. */
export const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:']);

/** The proxy that a cluster of the kubeconfig names. Throws for what is none. */
export function proxyUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new Error(`could not parse: ${text}`, { cause });
  }
  if (!schemes.has(url.protocol))
    throw new Error(
      `unsupported scheme ${JSON.stringify(url.protocol.slice(0, -1))}, must be http, https, or socks5`,
    );
  return url;
}
