import { ConfigMaps, Secrets, ServiceAccounts } from '@coxswain/api';
import { type Describer, describer } from './describer.ts';
import { entriesOf, labelsOf, placed } from './lines.ts';

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** A ConfigMap, with all its texts. */
export const configMap: Describer = describer({
  resource: ConfigMaps,
  lines: ({ metadata, data, binaryData }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    '',
    'Data',
    '====',
    ...entriesOf(data).flatMap(([key, text]) => [`${key}:`, '----', text, '']),
    '',
    'BinaryData',
    '====',
    ...entriesOf(binaryData).map(([key, text]) => `${key}: ${bytesOf(text).length} bytes`),
    '',
  ],
});

/** A Secret: sizes alone, but for tokens of service accounts. */
export const secret: Describer = describer({
  resource: Secrets,
  events: 'none',
  lines: ({ metadata, type = '', data }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    '',
    `Type:\t${type}`,
    '',
    'Data',
    '====',
    ...entriesOf(data).map(([key, text]) => {
      const bytes = bytesOf(text);
      const isToken = key === 'token' && type === 'kubernetes.io/service-account-token';
      return `${key}:\t${isToken ? bytes.toString() : `${bytes.length} bytes`}`;
    }),
  ],
});

const pullTitle = 'Image pull secrets:';

/** A ServiceAccount. */
export const serviceAccount: Describer = describer({
  resource: ServiceAccounts,
  lines: ({ metadata, imagePullSecrets = [] }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    ...(imagePullSecrets.length > 0
      ? imagePullSecrets.map(
          ({ name = '' }, at) => `${at === 0 ? pullTitle : ' '.repeat(pullTitle.length)}\t${name}`,
        )
      : [`${pullTitle}\t<none>`]),
  ],
});
