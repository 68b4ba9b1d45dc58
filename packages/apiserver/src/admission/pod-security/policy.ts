import type { FieldError } from '@coxswain/api';
import { invalidValue } from '../../kinds/rules/field.ts';

/** From the most to the least that a pod may do. */
export const levels = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof levels)[number];

/** The minor of `v1.x`; infinity is `latest`. */
export type PolicyVersion = number;
export const latest: PolicyVersion = Number.POSITIVE_INFINITY;

export interface LevelVersion {
  readonly level: Level;
  readonly version: PolicyVersion;
}

export const modes = ['enforce', 'audit', 'warn'] as const;
export type Mode = (typeof modes)[number];
export type Policy = Readonly<Record<Mode, LevelVersion>>;

export const prefix = 'pod-security.kubernetes.io/';

/** `restricted:v1.30`, as messages name it. */
export const policyText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === latest ? 'latest' : `v1.${version}`}`;

/** Below, equal to or above zero as `a` allows more than, as much as, or less than `b`. */
export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b);

export const samePolicy = (a: LevelVersion, b: LevelVersion): boolean =>
  a.level === b.level && a.version === b.version;

/** Undefined for what is no level. */
export const levelOf = (text: string): Level | undefined => levels.find((level) => level === text);

/** Undefined for what is no version. */
export function versionOf(text: string): PolicyVersion | undefined {
  if (text === 'latest') return latest;
  const minor = /^v1\.(0|[1-9]\d*)$/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

export const levelText: string = `must be one of ${levels.join(', ')}`;
export const versionText = 'must be "latest" or "v1.x"';

/** What counts when a level cannot be read: pods are kept out, but nothing is told. */
const fallback: Readonly<Record<Mode, Level>> = {
  enforce: 'restricted',
  audit: 'privileged',
  warn: 'privileged',
};

export interface Labelled {
  readonly policy: Policy;
  readonly errors: readonly FieldError[];
}

/** The policy that a namespace's labels ask for, and what is wrong with them. */
export function policyOf(
  labels: Readonly<Record<string, string>> | undefined,
  defaults: Policy,
): Labelled {
  const errors: FieldError[] = [];
  const read = <T>(label: string, parse: (text: string) => T | undefined, why: string) => {
    const text = labels?.[prefix + label];
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined)
      errors.push(invalidValue(`metadata.labels[${prefix}${label}]`, text, why));
    return { isSet: text !== undefined, value };
  };
  const modeOf = (mode: Mode) => {
    const level = read(mode, levelOf, levelText);
    const version = read(`${mode}-version`, versionOf, versionText);
    const policy: LevelVersion = {
      level: level.isSet ? (level.value ?? fallback[mode]) : defaults[mode].level,
      version: version.isSet ? (version.value ?? latest) : defaults[mode].version,
    };
    return { policy, level, version };
  };
  const enforce = modeOf('enforce');
  const audit = modeOf('audit');
  const warn = modeOf('warn');
  // Whoever enforces more than the default warns of it, too, so that controllers' makers learn of it.
  const follows =
    !warn.level.isSet &&
    enforce.level.value !== undefined &&
    compareLevels(enforce.policy.level, warn.policy.level) > 0;
  return {
    policy: {
      enforce: enforce.policy,
      audit: audit.policy,
      warn: follows
        ? {
            level: enforce.policy.level,
            version: warn.version.isSet ? warn.policy.version : enforce.policy.version,
          }
        : warn.policy,
    },
    errors,
  };
}

/** Whether nothing at all is asked of pods. */
export const isPrivileged = (policy: Policy): boolean =>
  modes.every((mode) => policy[mode].level === 'privileged');
