import type { UserInfo } from '@coxswain/api';
import type { MapValue, Program } from '@coxswain/cel';
import type { JwtAuthenticator } from './configuration.ts';
import {
  claimsVariable,
  compileClaims,
  compileUser,
  run,
  stringsOf,
  userVariable,
} from './expressions.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Throws an Error in upstream's words when the claims are those of nobody. */
export type UserOfClaims = (claims: Claims) => UserInfo;

interface Rule {
  readonly program: Program;
  readonly message: string;
}

const credentialId = 'authentication.kubernetes.io/credential-id';

function programOf(text: string | undefined, make = compileClaims): Program | undefined {
  if (!text) return undefined;
  const { program, message } = make(text);
  if (!program) throw new Error(message);
  return program;
}

const rulesOf = (
  rules: readonly { readonly expression?: string; readonly message?: string }[] = [],
  make: (text: string) => ReturnType<typeof compileUser>,
): readonly Rule[] =>
  rules.flatMap(({ expression, message = '' }) => {
    const program = programOf(expression, make);
    return program ? [{ program, message }] : [];
  });

/** Compiles the mappings and rules of one issuer, which have been found to be right. */
export function userOfClaims(authenticator: JwtAuthenticator): UserOfClaims {
  const { username = {}, groups = {}, uid = {}, extra = [] } = authenticator.claimMappings;
  const ofUsername = programOf(username.expression);
  const ofGroups = programOf(groups.expression);
  const ofUid = programOf(uid.expression);
  const ofExtra = extra.map(({ key = '', valueExpression }) => ({
    key,
    program: programOf(valueExpression)!,
  }));
  const { claimValidationRules = [] } = authenticator;
  const required = claimValidationRules.filter(({ claim }) => claim);
  const claimRules = rulesOf(claimValidationRules, (text) => compileClaims(text, true));
  const userRules = rulesOf(authenticator.userValidationRules, compileUser);
  return (claims) => {
    const bindings = { claims: claimsVariable(claims) };
    const name = ofUsername
      ? usernameFrom(ofUsername, bindings)
      : usernameOf(claims, username.claim ?? '', username.prefix);
    const inGroups = ofGroups
      ? about('group', () => stringsOf(run(ofGroups, bindings)))
      : groupsOf(claims, groups.claim, groups.prefix);
    const withUid = ofUid
      ? about('uid', () => onlyString('uid', run(ofUid, bindings)))
      : uidOf(claims, uid.claim);
    const more = extraOf(claims, ofExtra, bindings);
    checkRequired(claims, required);
    for (const rule of claimRules)
      obey(rule, bindings, 'oidc: error evaluating claim validation expression');
    const user: UserInfo = {
      ...{ name, groups: inGroups },
      ...(withUid && { uid: withUid }),
      ...(Object.keys(more).length > 0 && { extra: more }),
    };
    const asUser = { user: userVariable(user) };
    for (const rule of userRules)
      obey(rule, asUser, 'oidc: error evaluating user info validation rule');
    return user;
  };
}

type Bindings = Readonly<Record<string, MapValue>>;

function about<T>(what: string, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (cause) {
    throw new Error(
      `oidc: error evaluating ${what} claim expression: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function onlyString(what: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${what} claim expression must return a string`);
}

function usernameFrom(program: Program, bindings: Bindings): string {
  const name = about('username', () => onlyString('username', run(program, bindings)));
  if (!name) throw new Error('oidc: empty username via CEL expression is not allowed');
  return name;
}

/** A claim of one type. Throws as Go does for another. */
function typed(claims: Claims, name: string, type: 'boolean' | 'string'): unknown {
  if (!Object.hasOwn(claims, name)) throw new Error('claim not present');
  const value = claims[name];
  if (typeof value === type) return value;
  if (value === null) return type === 'string' ? '' : false;
  const got = Array.isArray(value)
    ? 'array'
    : ({ boolean: 'bool' }[typeof value as string] ?? typeof value);
  throw new Error(
    `json: cannot unmarshal ${got} into Go value of type ${type === 'boolean' ? 'bool' : type}`,
  );
}

function usernameOf(claims: Claims, claim: string, prefix = ''): string {
  const wrong = (what: string, read: () => unknown): unknown => {
    try {
      return read();
    } catch (cause) {
      throw new Error(`oidc: parse ${what}: ${(cause as Error).message}`, { cause });
    }
  };
  const name = wrong(`username claims ${JSON.stringify(claim)}`, () =>
    typed(claims, claim, 'string'),
  ) as string;
  if (claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
    const isVerified = wrong(`'email_verified' claim`, () =>
      typed(claims, 'email_verified', 'boolean'),
    );
    if (!isVerified) throw new Error('oidc: email not verified');
  }
  return prefix + name;
}

function groupsOf(claims: Claims, claim = '', prefix = ''): readonly string[] {
  if (!claim || !Object.hasOwn(claims, claim)) return [];
  const value = claims[claim];
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.map((each) => prefix + each);
  try {
    return [prefix + (typed(claims, claim, 'string') as string)];
  } catch (cause) {
    throw new Error(
      `oidc: parse groups claim ${JSON.stringify(claim)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function uidOf(claims: Claims, claim = ''): string {
  if (!claim) return '';
  try {
    return typed(claims, claim, 'string') as string;
  } catch (cause) {
    throw new Error(`oidc: parse uid claim ${JSON.stringify(claim)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function extraOf(
  { jti }: Claims,
  mappings: readonly { readonly key: string; readonly program: Program }[],
  bindings: Bindings,
): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, readonly string[]> = {};
  if (typeof jti === 'string' && jti) extra[credentialId] = [`JTI=${jti}`];
  for (const { key, value } of mappings.map((each) => ({
    ...each,
    value: run(each.program, bindings),
  }))) {
    const values = stringsOf(value);
    if (values.length > 0) extra[key] = values;
  }
  return extra;
}

function checkRequired(claims: Claims, required: JwtAuthenticator['claimValidationRules']): void {
  for (const { claim = '', requiredValue = '' } of required ?? []) {
    if (!Object.hasOwn(claims, claim))
      throw new Error(`oidc: required claim ${claim} not present in ID token`);
    let got: unknown;
    try {
      got = typed(claims, claim, 'string');
    } catch (cause) {
      throw new Error(`oidc: parse claim ${claim}: ${(cause as Error).message}`, { cause });
    }
    if (got !== requiredValue)
      throw new Error(
        `oidc: required claim ${claim} value does not match. Got = ${got as string}, want = ${requiredValue}`,
      );
  }
}

function obey({ program, message }: Rule, bindings: Bindings, what: string): void {
  let value: unknown;
  try {
    value = run(program, bindings);
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}`, { cause });
  }
  if (value !== true)
    throw new Error(`${what}: validation expression '${program.text}' failed: ${message}`);
}
