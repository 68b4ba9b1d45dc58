import { type FieldError, fieldErrorText } from '@coxswain/api';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@coxswain/api/names';
import { duplicate, invalidValue } from '../../kinds/rules/field.ts';
import {
  latest,
  levelOf,
  levelText,
  modes,
  type Policy,
  policyOf,
  prefix,
  versionOf,
  versionText,
} from './policy.ts';

/** What the plugin asks of namespaces without labels, and whom it lets pass. */
export interface PodSecurityConfiguration {
  readonly defaults: Policy;
  readonly usernames: readonly string[];
  readonly namespaces: readonly string[];
  readonly runtimeClasses: readonly string[];
}

const privileged: Policy = {
  enforce: { level: 'privileged', version: latest },
  audit: { level: 'privileged', version: latest },
  warn: { level: 'privileged', version: latest },
};

const exempt = {
  usernames: (name: string) => (name === '' ? ['username must not be empty'] : []),
  namespaces: dns1123LabelErrors,
  runtimeClasses: dns1123SubdomainErrors,
} as const;
type Exempt = keyof typeof exempt;

interface File {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly defaults?: Readonly<Record<string, string>>;
  readonly exemptions?: Readonly<Partial<Record<Exempt, readonly string[]>>>;
}

const group = 'pod-security.admission.config.k8s.io';

/** Reads a PodSecurityConfiguration; undefined gives upstream's defaults. Throws with upstream's words on what is wrong. */
export function podSecurityConfiguration(file: unknown): PodSecurityConfiguration {
  const { apiVersion, kind, defaults = {}, exemptions = {} } = (file ?? {}) as File;
  if (
    file !== undefined &&
    (kind !== 'PodSecurityConfiguration' || !/^v1(beta1|alpha1)?$/.test(versionIn(apiVersion)))
  )
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const errors: FieldError[] = [];
  for (const mode of modes) {
    const [level, version] = [defaults[mode], defaults[`${mode}-version`]];
    if (level && !levelOf(level)) errors.push(invalidValue(`defaults.${mode}`, level, levelText));
    if (version && versionOf(version) === undefined)
      errors.push(invalidValue(`defaults.${mode}-version`, version, versionText));
  }
  for (const name of ['namespaces', 'runtimeClasses', 'usernames'] as const)
    errors.push(...exemptErrors(name, exemptions[name] ?? []));
  if (errors.length > 0) throw new Error(errors.map(fieldErrorText).join(', '));
  const { usernames = [], namespaces = [], runtimeClasses = [] } = exemptions;
  return { defaults: defaultsOf(defaults), usernames, namespaces, runtimeClasses };
}

const versionIn = (apiVersion = ''): string =>
  apiVersion.startsWith(`${group}/`) ? apiVersion.slice(group.length + 1) : '';

/** Each mode for itself: the rule that warns of what is enforced is for labels alone. */
function defaultsOf(defaults: Readonly<Record<string, string>>): Policy {
  const labels = Object.fromEntries(
    Object.entries(defaults)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [prefix + name, value]),
  );
  const warn = { [`${prefix}warn`]: 'privileged', ...labels };
  return policyOf(warn, privileged).policy;
}

const exemptErrors = (name: Exempt, values: readonly string[]): readonly FieldError[] =>
  values.flatMap((value, index) => {
    const path = `exemptions.${name}[${index}]`;
    const wrong = exempt[name](value);
    if (wrong.length > 0) return [invalidValue(path, value, wrong.join(', '))];
    return values.indexOf(value) < index ? [duplicate(path, value)] : [];
  });
