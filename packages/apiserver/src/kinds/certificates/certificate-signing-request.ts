import { CertificateSigningRequests } from '@coxswain/api';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { humanDuration } from '../rules/duration.ts';
import { duplicate, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';
import { signerName } from './signer-name.ts';

const split = splitStatus<CertificateSigningRequest>();
const secondsMin = 600;
const usages = [
  ...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign'],
  ...['data encipherment', 'decipher only', 'digital signature', 'email protection'],
  ...['encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement'],
  ...['key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime'],
  ...['server auth', 'signing', 'timestamping'],
];

function* rules({ spec }: CertificateSigningRequest): Rules {
  if (!spec.request) yield required('spec.request');
  if (!spec.usages?.length) yield required('spec.usages');
  for (const [index, usage] of (spec.usages ?? []).entries()) {
    if (!usages.includes(usage)) yield notSupported(`spec.usages[${index}]`, usage, usages);
    if (spec.usages!.indexOf(usage) < index) yield duplicate(`spec.usages[${index}]`, usage);
  }
  yield* signerName('spec.signerName', spec.signerName);
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < secondsMin)
    yield invalidValue(
      'spec.expirationSeconds',
      spec.expirationSeconds,
      `may not specify a duration less than ${secondsMin} seconds (10 minutes)`,
    );
}

const decisions = ['Approved', 'Denied', 'Failed'];

function* statusRules({ status }: CertificateSigningRequest): Rules {
  const seen = new Set<string>();
  for (const [index, { type, status: value }] of (status?.conditions ?? []).entries()) {
    const at = `status.conditions[${index}]`;
    if (!type) yield required(`${at}.type`);
    else if (seen.has(type)) yield duplicate(`${at}.type`, type);
    seen.add(type);
    if (!value) yield required(`${at}.status`);
    else if (decisions.includes(type) && value !== 'True')
      yield notSupported(`${at}.status`, value, ['True']);
    else if (!['False', 'True', 'Unknown'].includes(value))
      yield notSupported(`${at}.status`, value, ['False', 'True', 'Unknown']);
  }
  if (seen.has('Approved') && seen.has('Denied'))
    yield invalidValue(
      'status.conditions',
      'Denied',
      'Approved and Denied conditions are mutually exclusive',
    );
}

const conditionsOf = (
  { status }: CertificateSigningRequest,
  approval: boolean,
): readonly object[] =>
  (status?.conditions ?? []).filter(
    ({ type }) => (type === 'Approved' || type === 'Denied') === approval,
  );

function* keptDecisions(next: CertificateSigningRequest, before: CertificateSigningRequest): Rules {
  yield* rules(next);
  yield* statusRules(next);
  yield* immutable('status.conditions', conditionsOf(next, true), conditionsOf(before, true));
}

/** Who asks is what the server knows, not what the request says. */
const withRequester = (
  object: CertificateSigningRequest,
  { user }: KindContext,
): CertificateSigningRequest => {
  const { username: _u, uid: _i, groups: _g, extra: _e, ...spec } = object.spec;
  return {
    ...object,
    spec: {
      ...spec,
      username: user.name,
      ...(user.uid && { uid: user.uid }),
      groups: user.groups,
      ...(user.extra && Object.keys(user.extra).length && { extra: user.extra }),
    },
    status: {},
  };
};

function conditionText({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean =>
    status?.conditions?.some((one) => one.type === type) ?? false;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

/** Asks for a certificate. */
export const certificateSigningRequestKind: Kind<CertificateSigningRequest> = {
  resource: CertificateSigningRequests,
  shortNames: ['csr'],
  subresources: ['approval'],
  generation: false,
  ...split,
  prepareForCreate: withRequester,
  prepareForUpdate: (next, before) => ({ ...next, spec: before.spec, status: before.status }),
  resetFields: [['f:spec'], ['f:status']],
  validate: rules,
  status: { ...split.status, validateUpdate: keptDecisions },
  facets: {
    approval: {
      // Only the decision itself is taken from the client; the certificate stays.
      prepareForUpdate: (next, before) => ({
        ...next,
        spec: before.spec,
        status: { ...before.status, conditions: next.status?.conditions },
      }),
      *validateUpdate(next) {
        yield* rules(next);
        yield* statusRules(next);
      },
      resetFields: [['f:spec'], ['f:status', 'f:certificate']],
    },
  },
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    nameColumn,
    ageColumn,
    textColumn('SignerName', 'Who is asked to sign.', ({ spec }) => spec.signerName || '<none>'),
    textColumn('Requestor', 'Who asks.', ({ spec }) => spec.username ?? ''),
    textColumn('RequestedDuration', 'How long the certificate should hold.', ({ spec }) =>
      spec.expirationSeconds === undefined
        ? '<none>'
        : humanDuration(spec.expirationSeconds * 1000),
    ),
    textColumn('Condition', 'What became of the request.', conditionText),
  ],
};
