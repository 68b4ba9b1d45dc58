import { CertificateSigningRequests, humanDuration } from '@coxswain/api';
import { childrenOf, contentOf, type Der, objectIdOf, readDer, textOf } from '@coxswain/api/der';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import { labelsText } from '../../printers/table.ts';
import { type Describer, describer } from './describer.ts';
import { type Lines, timeText } from './lines.ts';

type Texts = Readonly<Record<string, readonly string[]>>;

/** What a request asks to be called: attributes and other names by their labels. */
interface Asked {
  readonly subject: Texts;
  readonly names: Texts;
}

const block = /-----BEGIN CERTIFICATE REQUEST-----\s([\s\S]*?)-----END CERTIFICATE REQUEST-----/;

const subjectFields: Readonly<Record<string, string>> = {
  '2.5.4.3': 'Common Name',
  '2.5.4.5': 'Serial Number',
  '2.5.4.10': 'Organization',
  '2.5.4.11': 'Organizational Unit',
  '2.5.4.6': 'Country',
  '2.5.4.7': 'Locality',
  '2.5.4.8': 'Province',
  '2.5.4.9': 'StreetAddress',
  '2.5.4.17': 'PostalCode',
};

/** Tags of the other names, in the order that they are shown. */
const nameFields = {
  0x82: 'DNS Names',
  0x81: 'Email Addresses',
  0x86: 'URIs',
  0x87: 'IP Addresses',
};

const gathered = (
  pairs: readonly (readonly [label: string | undefined, text: string])[],
): Texts => {
  const texts: Record<string, string[]> = {};
  for (const [label, text] of pairs) if (label) (texts[label] ??= []).push(text);
  return texts;
};

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, at) =>
    ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16),
  );
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
}

const extensionRequest = '1.2.840.113549.1.9.14';
const alternativeNames = '2.5.29.17';

/** The value with this object identifier before it. */
const behind = (pairs: readonly Der[], id: string): Der | undefined =>
  pairs
    .map((pair) => childrenOf(pair))
    .find(([first]) => first && objectIdOf(first) === id)
    ?.at(-1);

function asked({ spec }: CertificateSigningRequest): Asked {
  const [, body] = block.exec(Buffer.from(spec.request, 'base64').toString('latin1')) ?? [];
  if (body === undefined)
    throw new Error('Error parsing CSR: PEM block type must be CERTIFICATE REQUEST');
  try {
    const [content] = childrenOf(readDer(Buffer.from(body, 'base64')));
    const [, subject, , attributes] = childrenOf(content!);
    const parts = childrenOf(subject!).flatMap((set) => childrenOf(set));
    const wish = attributes && behind(childrenOf(attributes), extensionRequest);
    const names = wish && behind(childrenOf(childrenOf(wish)[0]!), alternativeNames);
    return {
      subject: gathered(
        parts.map((part) => {
          const [type, value] = childrenOf(part);
          return [subjectFields[objectIdOf(type!)], textOf(value!)];
        }),
      ),
      names: gathered(
        (names ? childrenOf(readDer(contentOf(names))) : []).map((name) => [
          nameFields[name.tag as keyof typeof nameFields],
          name.tag === 0x87 ? addressText(contentOf(name)) : textOf(name),
        ]),
      ),
    };
  } catch (cause) {
    throw new Error(`Error parsing CSR: asn1: structure error: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const listed = (texts: Texts, labels: readonly string[]): Lines =>
  labels.flatMap((label) =>
    (texts[label] ?? []).map((text, at) => (at === 0 ? `\t${label}:\t${text}` : `\t\t${text}`)),
  );

function stateText({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean =>
    Boolean(status?.conditions?.some((each) => each.type === type));
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

const lists = Object.values(subjectFields).slice(2);

/** A CertificateSigningRequest. */
export const certificateSigningRequest: Describer = describer({
  resource: CertificateSigningRequests,
  lines(object) {
    const { metadata, spec } = object;
    const { subject, names } = asked(object);
    const seconds = spec.expirationSeconds;
    return [
      `Name:\t${metadata.name}`,
      `Labels:\t${labelsText(metadata.labels)}`,
      `Annotations:\t${labelsText(metadata.annotations)}`,
      `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
      `Requesting User:\t${spec.username ?? ''}`,
      Boolean(spec.signerName) && `Signer:\t${spec.signerName}`,
      typeof seconds === 'number' && `Requested Duration:\t${humanDuration(seconds * 1000)}`,
      `Status:\t${stateText(object)}`,
      'Subject:',
      `\tCommon Name:\t${subject['Common Name']?.at(-1) ?? ''}`,
      `\tSerial Number:\t${subject['Serial Number']?.at(-1) ?? ''}`,
      ...listed(subject, lists),
      Object.keys(names).length > 0 && 'Subject Alternative Names:',
      ...listed(names, ['DNS Names', 'Email Addresses', 'URIs', 'IP Addresses']),
    ];
  },
});
