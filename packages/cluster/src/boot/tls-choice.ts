/** Cipher suites of TLS 1.2 by Go's names, as OpenSSL has them. Those of TLS 1.3 cannot be chosen, as upstream. */
export const cipherSuites: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['ECDHE_ECDSA', 'ECDHE_RSA'].flatMap((exchange) => [
      [`${exchange}_WITH_AES_128_GCM_SHA256`, `${exchange}-AES128-GCM-SHA256`],
      [`${exchange}_WITH_AES_256_GCM_SHA384`, `${exchange}-AES256-GCM-SHA384`],
      [`${exchange}_WITH_CHACHA20_POLY1305_SHA256`, `${exchange}-CHACHA20-POLY1305`],
      [`${exchange}_WITH_AES_128_CBC_SHA`, `${exchange}-AES128-SHA`],
      [`${exchange}_WITH_AES_256_CBC_SHA`, `${exchange}-AES256-SHA`],
      [`${exchange}_WITH_AES_128_CBC_SHA256`, `${exchange}-AES128-SHA256`],
    ]),
    ['RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
    ['RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
    ['RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
    ['RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
    ...['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256'].map((name) => [
      name,
      `TLS_${name}`,
    ]),
  ].map(([go, openSsl]) => [
    `TLS_${go}`,
    openSsl!.replaceAll('_', openSsl!.startsWith('TLS_') ? '_' : '-'),
  ]),
);
