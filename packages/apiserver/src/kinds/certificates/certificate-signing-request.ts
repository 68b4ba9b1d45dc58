import { CertificateSigningRequests, humanDuration } from '@coxswain/api';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '@coxswain/api/types/certificates-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import {
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { splitStatus } from '../rules/split.ts';
import { pemBlocks, wrongSigned } from './pem.ts';
import { signerName } from './signer-name.ts';

const split = splitStatus<CertificateSigningRequest>();
const oldSigner = 'kubernetes.io/legacy-unknown';
const secondsMin = 600;
const usages = [
  ...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign'],
  ...['data encipherment', 'decipher only', 'digital signature', 'email protection'],
  ...['encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement'],
  ...['key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime'],
  ...['server auth', 'signing', 'timestamping'],
];

function* rules({ spec }: CertificateSigningRequest): Rules {
  const [request] = pemBlocks(spec.request || '');
  const wrong =
    request?.label === 'CERTIFICATE REQUEST'
      ? wrongSigned(request.der)
      : 'PEM block type must be CERTIFICATE REQUEST';
  if (wrong !== undefined) yield invalidValue('spec.request', spec.request, wrong);
  if (!spec.usages?.length) yield required('spec.usages');
  for (const [index, usage] of (spec.usages ?? []).entries()) {
    if (!usages.includes(usage)) yield notSupported(`spec.usages[${index}]`, usage, usages);
  }
  for (const [index, usage] of (spec.usages ?? []).entries())
    if (spec.usages!.indexOf(usage) < index) yield duplicate(`spec.usages[${index}]`, usage);
  if (spec.signerName === oldSigner)
    yield invalidValue(
      'spec.signerName',
      spec.signerName,
      'the legacy signerName is not allowed via this API version',
    );
  else yield* signerName('spec.signerName', spec.signerName);
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < secondsMin)
    yield invalidValue(
      'spec.expirationSeconds',
      spec.expirationSeconds,
      `may not specify a duration less than ${secondsMin} seconds (10 minutes)`,
    );
}

const decisions = ['Approved', 'Denied'];
const trueOnly = [...decisions, 'Failed'];
const values = ['False', 'True', 'Unknown'];

function* conditionRules({ status }: CertificateSigningRequest): Rules {
  const seen = new Set<string>();
  for (const [index, { type, status: value }] of (status?.conditions ?? []).entries()) {
    const at = `status.conditions[${index}]`;
    const allowed = trueOnly.includes(type) ? ['True'] : values;
    if (!type) yield required(`${at}.type`);
    if (!value) yield required(`${at}.status`);
    else if (!allowed.includes(value)) yield notSupported(`${at}.status`, value, allowed);
    const other = decisions.find((each) => each !== type);
    if (decisions.includes(type) && seen.has(other!))
      yield invalidValue(
        'status.conditions',
        type,
        'Approved and Denied conditions are mutually exclusive',
      );
    if (seen.has(type)) yield duplicate(`${at}.type`, type);
    seen.add(type);
  }
}

function wrongCertificate(field: string): string | undefined {
  const blocks = pemBlocks(field);
  for (const { label, hasHeaders, der } of blocks) {
    if (label !== 'CERTIFICATE')
      return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(label)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
    const wrong = wrongSigned(der);
    if (wrong !== undefined) return wrong;
  }
  return blocks.length ? undefined : 'must contain at least one CERTIFICATE PEM block';
}

const ofType = ({ status }: CertificateSigningRequest, type: string): number =>
  (status?.conditions ?? []).filter((condition) => condition.type === type).length;

/** Rules of a write of the status, or of the decision: conditions and certificates stay once they are there. */
function* statusRules(
  next: CertificateSigningRequest,
  before: CertificateSigningRequest,
  decides: boolean,
): Rules {
  yield* rules(next);
  yield* conditionRules(next);
  const [certificate = '', old = ''] = [next.status?.certificate, before.status?.certificate];
  const wrong = certificate && certificate !== old ? wrongCertificate(certificate) : undefined;
  if (wrong !== undefined) yield invalidValue('status.certificate', '<certificate data>', wrong);
  for (const type of trueOnly)
    if (ofType(next, type) < ofType(before, type))
      yield forbiddenField(
        'status.conditions',
        `updates may not remove a condition of type ${JSON.stringify(type)}`,
      );
  if (!decides)
    for (const type of decisions)
      if (ofType(next, type) > ofType(before, type))
        yield forbiddenField(
          'status.conditions',
          `updates may not add a condition of type ${JSON.stringify(type)}`,
        );
  if (certificate !== old && old)
    yield forbiddenField(
      'status.certificate',
      'updates may not modify existing certificate content',
    );
}

type Conditions = readonly CertificateSigningRequestCondition[];

/** Conditions with their times filled in; a condition that says what it said before keeps when it changed. */
function dated(conditions: Conditions, before: Conditions, { nowMs }: KindContext): Conditions {
  const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return conditions.map((condition) => {
    const same = before.find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && lastTransitionTime,
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime || now,
      lastTransitionTime: condition.lastTransitionTime || same?.lastTransitionTime || now,
    };
  });
}

/** The conditions of a write of the status: a decision is what it was, where it is still there. */
function keptDecisions(conditions: Conditions, before: Conditions): Conditions {
  const kept = decisions.flatMap((type) => {
    const [now, old] = [conditions, before].map((all) => all.filter((one) => one.type === type));
    return now!.length === old!.length ? old! : [];
  });
  return conditions.map((condition) => {
    const same = kept.findIndex(({ type }) => type === condition.type);
    return same < 0 ? condition : kept.splice(same, 1)[0]!;
  });
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
  validateName: () => [],
  generation: false,
  ...split,
  prepareForCreate: withRequester,
  prepareForUpdate: (next, before) => ({ ...next, spec: before.spec, status: before.status }),
  resetFields: [['f:spec'], ['f:status']],
  validate: rules,
  status: {
    prepareForUpdate(next, before, context) {
      const old = before.status?.conditions ?? [];
      const conditions = next.status?.conditions;
      const kept = conditions && dated(keptDecisions(conditions, old), old, context);
      return {
        ...next,
        spec: before.spec,
        status: { ...next.status, ...(kept && { conditions: kept }) },
      };
    },
    validateUpdate: (next, before) => statusRules(next, before, false),
    resetFields: [['f:spec'], ['f:status', 'f:conditions']],
  },
  facets: {
    approval: {
      // Only the decision itself is taken from the client; the certificate stays.
      prepareForUpdate(next, before, context) {
        const { conditions: old = [], ...status } = before.status ?? {};
        const given = next.status?.conditions;
        const conditions = given && dated(given, old, context);
        return {
          ...next,
          spec: before.spec,
          status: { ...status, ...(conditions && { conditions }) },
        };
      },
      validateUpdate: (next, before) => statusRules(next, before, true),
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
