import { unauthorized } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Authenticator } from './authenticator.ts';
import type { ClientTrust } from './trust.ts';
import type { Certificate } from './x509.ts';

const commonName = '2.5.4.3';
const organization = '2.5.4.10';
/** Upstream's attribute for the UID of a user. */
const userUid = '1.3.6.1.4.1.57683.2';

const [hour, day] = [3600, 86_400];
/** Seconds that a certificate has left, as upstream sorts them. */
const lifeSeconds = [
  0,
  hour / 2,
  hour,
  2 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  4 * day,
  7 * day,
].concat([30, 90, 180, 360].map((days) => days * day));

/** The user is the certificate's common name, its groups the organizations. */
export function clientCertificates(
  trust: ClientTrust,
  { clock, metrics }: Pick<World, 'clock' | 'metrics'>,
): Authenticator {
  const left = metrics.histogram({
    ...{ name: 'apiserver_client_certificate_expiration_seconds', stability: 'ALPHA' },
    ...{ buckets: lifeSeconds, help: 'Seconds that the certificates of requests have left.' },
  });
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
      left.observe((certificate!.notAfterMs - clock.now()) / 1000);
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
