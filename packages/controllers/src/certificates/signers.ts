import type { CertificateSigningRequestSpec } from '@coxswain/api/types/certificates-v1';

/** What a request asks to be called. */
export interface RequestedNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: number;
  readonly addresses: number;
  readonly emails: number;
  readonly uris: number;
}

/** Reads PEM requests and signs them with the key of the cluster's authority. */
export interface RequestAuthority {
  readonly read: (request: string) => RequestedNames;
  readonly sign: (
    request: string,
    wanted: { readonly usages: readonly string[]; notBeforeMs: number; notAfterMs: number },
  ) => string;
}

type Rule = (names: RequestedNames, usages: readonly string[]) => string | undefined;

export const kubeletClientSigner: string = 'kubernetes.io/kube-apiserver-client-kubelet';

const isExactly = (usages: readonly string[], ...wanted: readonly string[]): boolean =>
  usages.length === wanted.length && wanted.every((usage) => usages.includes(usage));

/** As a kubelet names its usages: with an RSA key also for encipherment. */
const isKubeletUsage = (usages: readonly string[], role: string): boolean =>
  isExactly(usages, 'digital signature', role) ||
  isExactly(usages, 'digital signature', 'key encipherment', role);

const notNodes = 'subject organization is not system:nodes';
const notNode = 'subject common name does not begin with system:node: ';
const isNodes = ({ organizations }: RequestedNames): boolean =>
  organizations.length === 1 && organizations[0] === 'system:nodes';

/** What is wrong with a request for a kubelet's client certificate. */
export const kubeletClientWrong: Rule = (names, usages) => {
  if (!isNodes(names)) return notNodes;
  if (names.dnsNames > 0) return 'DNS subjectAltNames are not allowed';
  if (names.emails > 0) return 'Email subjectAltNames are not allowed';
  if (names.addresses > 0) return 'IP subjectAltNames are not allowed';
  if (names.uris > 0) return 'URI subjectAltNames are not allowed';
  if (!names.commonName.startsWith('system:node:')) return notNode;
  if (isKubeletUsage(usages, 'client auth')) return undefined;
  return 'usages did not match [client auth digital signature]';
};

const kubeletServingWrong: Rule = (names, usages) => {
  if (!isNodes(names)) return notNodes;
  if (names.dnsNames + names.addresses === 0) return 'DNS or IP subjectAltName is required';
  if (names.emails > 0) return 'Email subjectAltNames are not allowed';
  if (names.uris > 0) return 'URI subjectAltNames are not allowed';
  if (!isKubeletUsage(usages, 'server auth'))
    return 'usages did not match [digital signature server auth]';
  return names.commonName.startsWith('system:node:') ? undefined : notNode;
};

const apiClientWrong: Rule = (_names, usages) => {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const other = usages.find((usage) => !allowed.includes(usage));
  if (other) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth')
    ? undefined
    : 'missing required usage for client certificate: client auth';
};

const signers: Readonly<Record<string, Rule>> = {
  'kubernetes.io/kube-apiserver-client': apiClientWrong,
  [kubeletClientSigner]: kubeletClientWrong,
  'kubernetes.io/kubelet-serving': kubeletServingWrong,
  'kubernetes.io/legacy-unknown': () => undefined,
};

/** The cluster itself signs for this name. */
export const isOurs = ({ signerName }: CertificateSigningRequestSpec): boolean =>
  signerName in signers;

/** Why the cluster will not sign; undefined when it will. */
export const signingRefused = (
  { signerName, usages = [] }: CertificateSigningRequestSpec,
  names: RequestedNames,
): string | undefined => signers[signerName]!(names, usages);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** --cluster-signing-duration. */
const validityMs = 365 * 24 * hourMs;
/** Clocks may differ so much. */
const backdateMs = 5 * minuteMs;
/** Below this, the time that is asked for counts from now. */
const shortMs = 8 * hourMs;

/** From when to when a certificate is good. */
export function validityOf(
  { expirationSeconds }: CertificateSigningRequestSpec,
  nowMs: number,
): { readonly notBeforeMs: number; readonly notAfterMs: number } {
  const asked = expirationSeconds === undefined ? validityMs : expirationSeconds * 1000;
  const lastsMs = Math.min(validityMs, Math.max(asked, 10 * minuteMs));
  const notBeforeMs = nowMs - backdateMs;
  return { notBeforeMs, notAfterMs: (lastsMs < shortMs ? nowMs : notBeforeMs) + lastsMs };
}
