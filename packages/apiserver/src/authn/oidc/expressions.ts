import {
  base,
  celTypes as t,
  type Compiled,
  compile,
  type Environment,
  extend,
  isList,
  type MapValue,
  type Program,
  unescapeName,
  type Value,
} from '@coxswain/cel';
import type { UserInfo } from '@coxswain/api';

const userType = t.objectType('kubernetes.UserInfo', {
  ...{ username: t.string, uid: t.string, groups: t.listOf(t.string) },
  extra: t.mapOf(t.string, t.listOf(t.string)),
});
const ofClaims: Environment = extend(base, {
  variables: { claims: t.mapOf(t.string, t.anyType) },
});
const ofUser: Environment = extend(base, { variables: { user: userType } });

/** An expression over claims; a rule must be a boolean, a mapping proves its type when it runs. */
export const compileClaims = (text: string, isRule = false): Compiled =>
  asRule(compile(text, ofClaims), isRule);

/** A rule over the user that the claims make. */
export const compileUser = (text: string): Compiled => asRule(compile(text, ofUser), true);

const asRule = (compiled: Compiled, isRule: boolean): Compiled =>
  isRule && compiled.program && compiled.program.type.kind !== 'bool'
    ? { message: 'must evaluate to bool' }
    : compiled;

/** JSON as upstream's expressions see it: every number is a double, and names may be written escaped. */
export function claimValue(raw: unknown): Value {
  if (Array.isArray(raw)) return raw.map(claimValue);
  if (typeof raw === 'object' && raw !== null) return claimMap(raw as Record<string, unknown>);
  return raw as string | number | boolean | null;
}

function claimMap(raw: Readonly<Record<string, unknown>>, typeName?: string): MapValue {
  const valueOf = (name: string): Value | undefined =>
    Object.hasOwn(raw, name) ? claimValue(raw[name]) : undefined;
  const names = Object.keys(raw);
  return {
    kind: 'map',
    ...(typeName && { typeName }),
    size: names.length,
    keys: () => names,
    get: (key) => (typeof key === 'string' ? valueOf(unescapeName(key)) : undefined),
  };
}

/** The variable `claims`. */
export const claimsVariable = (claims: Readonly<Record<string, unknown>>): MapValue =>
  claimMap(claims, 'kubernetes.claims');

/** The variable `user`. */
export const userVariable = ({ name, uid = '', groups, extra = {} }: UserInfo): MapValue =>
  claimMap({ username: name, uid, groups, extra }, 'kubernetes.UserInfo');

/** What a program gives. Throws its error in upstream's words. */
export function run(program: Program, bindings: Readonly<Record<string, MapValue>>): Value {
  const { value, error } = program.run(bindings);
  if (error)
    throw new Error(`expression '${program.text}' resulted in error: ${error.message}`, {
      cause: error,
    });
  return value;
}

/** A string, strings or null as a list; empty ones are left out. */
export function stringsOf(value: Value): readonly string[] {
  if (value === null) return [];
  const all = isList(value) ? value : [value];
  if (!all.every((each) => typeof each === 'string'))
    throw new Error('expression must return a string or a list of strings');
  return all.filter((each) => each !== '');
}
