const connects: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  ECONNRESET: 'connection reset by peer',
};

const unknownAuthority = new Set([
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT', 'CERT_UNTRUSTED'],
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
const badCertificate = 'tls: failed to verify certificate: x509: ';

interface NodeFailure extends NodeJS.ErrnoException {
  readonly hostname?: string;
  readonly reason?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** A failed call in the words of Go, which people and programs look for; `name` is whom the certificate was to name. */
export function inGo(
  error: NodeFailure,
  { host, port }: { readonly host: string; readonly port: number },
  name: string,
): Error {
  const why = goText(error, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, name);
  return why === undefined ? error : new Error(why, { cause: error });
}

function goText(error: NodeFailure, place: string, name: string): string | undefined {
  const { code = '', syscall } = error;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${error.hostname ?? name}: no such host`;
  if (syscall === 'connect' && connects[code])
    return `dial tcp ${place}: connect: ${connects[code]}`;
  if (unknownAuthority.has(code)) return `${badCertificate}certificate signed by unknown authority`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return badCertificate + otherName(error, name);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `${badCertificate}certificate has expired or is not yet valid: `;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'http: server gave HTTP response to HTTPS client';
  if (code === 'ECONNRESET') return syscall === 'read' ? 'read: connection reset by peer' : 'EOF';
  return undefined;
}

function otherName({ cert }: NodeFailure, name: string): string {
  const names = (cert?.subjectaltname ?? '').split(', ').filter(Boolean);
  const isAddress = /^[\d.]+$|:/.test(name);
  const wanted = names
    .filter((each) => each.startsWith(isAddress ? 'IP Address:' : 'DNS:'))
    .map((each) => each.slice(each.indexOf(':') + 1));
  if (isAddress && wanted.length === 0)
    return `cannot validate certificate for ${name} because it doesn't contain any IP SANs`;
  if (wanted.length === 0)
    return `certificate is not valid for any names, but wanted to match ${name}`;
  return `certificate is valid for ${wanted.join(', ')}, not ${name}`;
}
