import { badRequest } from '@coxswain/api';

export interface SchemeNamePort {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly port: string;
}

/** Reads `name`, `name:port` or `scheme:name:port`; `what` is whose, for the 400 of anything else. */
export function schemeNamePort(id: string, what: string): SchemeNamePort {
  const parts = id.split(':');
  const [scheme, name, port] =
    parts.length === 3 ? parts : parts.length === 2 ? ['', ...parts] : ['', id, ''];
  const isKnown = scheme === '' || scheme === 'http' || scheme === 'https';
  if (parts.length > 3 || !isKnown || !name)
    throw badRequest(`invalid ${what} request ${JSON.stringify(id)}`);
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port: port ?? '' };
}
