import { unauthorized } from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import type { Authenticator } from './authenticator.ts';
import type { ClientTrust } from './trust.ts';
import type { Certificate } from './x509.ts';

const commonName = '2.5.4.3';
const organization = '2.5.4.10';
/** Upstream's attribute for the UID of a user. */
const userUid = '1.3.6.1.4.1.57683.2';

/** The user is the certificate's common name, its groups the organizations. */
export function clientCertificates(trust: ClientTrust, clock: Clock): Authenticator {
  return {
    name: 'client-certificate',
    async authenticate({ clientCertificate }) {
      if (!clientCertificate) return undefined;
      let certificate: Certificate | undefined;
      try {
        certificate = await trust.check(clientCertificate, clock.now());
      } catch (cause) {
        throw Object.assign(unauthorized(), { cause });
      }
      const values = (id: string): readonly string[] =>
        certificate!.attributes.filter(([one]) => one === id).map(([, text]) => text);
      const name = certificate && values(commonName).at(-1);
      if (!name) return undefined;
      const uid = values(userUid)[0];
      return {
        name,
        groups: values(organization),
        ...(uid && { uid }),
        extra: {
          'authentication.kubernetes.io/credential-id': [await credentialId(clientCertificate)],
        },
      };
    },
  };
}

const ids = new WeakMap<Uint8Array, Promise<string>>();

/** What names the certificate in audit: the SHA-256 of its bytes. */
function credentialId(der: Uint8Array): Promise<string> {
  let id = ids.get(der);
  if (!id) ids.set(der, (id = digest(der)));
  return id;
}

const digest = async (der: Uint8Array): Promise<string> =>
  `X509SHA256=${new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(der))).toHex()}`;
