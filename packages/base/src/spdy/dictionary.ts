/** The words of the SPDY/3 header dictionary that stand with their length before them, in the draft's order. */
const words = (
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin'
).split(' ');

const codes =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505';
const statuses = [
  ...['203 Non-Authoritative Information', '204 No Content', '301 Moved Permanently'],
  ...['400 Bad Request', '401 Unauthorized', '403 Forbidden', '404 Not Found'],
  ...['500 Internal Server Error', '501 Not Implemented', '503 Service Unavailable'],
];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec';
const types = [
  ...['chunked', 'text/html', 'image/png', 'image/jpg', 'image/gif', 'application/xml'],
  ...['application/xhtml+xml', 'text/plain', 'text/javascript', 'public'],
];
const tail = `${codes}${statuses.join('')}${months} 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT${types.join(',')}privatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.`;

const withLength = (word: string): string =>
  `\0\0\0${String.fromCodePoint(word.length)}${word.replace('_', ' ')}`;

/** The bytes that both sides prime the compression of SPDY/3 header blocks with. */
export const headerDictionary: Uint8Array = new TextEncoder().encode(
  words.map(withLength).join('') + tail,
);
