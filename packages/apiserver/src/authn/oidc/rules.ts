import type { FieldError, FieldErrorType } from '@coxswain/api';
import { type Compiled, type Program, selects } from '@coxswain/cel';
import { wrongDomainPrefixedPath } from '../domain-prefixed-path.ts';
import { parseCertificates } from '../x509.ts';
import type {
  AuthenticationConfiguration,
  ClaimMappings,
  ClaimRule,
  Issuer,
  JwtAuthenticator,
  Mapping,
  UserRule,
} from './configuration.ts';
import { compileClaims, compileUser } from './expressions.ts';

const jwtMax = 64;
const either = 'claim or expression is required';
const both = "claim and expression can't both be set";

type Errors = Generator<FieldError, void>;

const error =
  (type: FieldErrorType) =>
  (field: string, value: unknown, detail = ''): FieldError => ({ type, field, value, detail });
const wrong = error('FieldValueInvalid');
const twice = error('FieldValueDuplicate');
const missing = (field: string, detail = ''): FieldError => ({
  ...{ type: 'FieldValueRequired', field, detail },
});

/** What is wrong with a configuration; `ownIssuers` are those of this server's own tokens. */
export function* authenticationErrors(
  { jwt = [], anonymous }: AuthenticationConfiguration,
  ownIssuers: readonly string[],
): Errors {
  if (jwt.length > jwtMax)
    return yield {
      type: 'FieldValueTooMany',
      field: 'jwt',
      value: jwt.length,
      detail: `must have at most ${jwtMax} items`,
    };
  const issuers = new Set<string>();
  const discoveries = new Set<string>();
  for (const [index, each] of jwt.entries()) {
    const at = `jwt[${index}]`;
    yield* authenticatorErrors(at, each, ownIssuers);
    const { url = '', discoveryURL } = each.issuer ?? {};
    if (issuers.has(url)) yield twice(`${at}.issuer.url`, url);
    issuers.add(url);
    if (!discoveryURL) continue;
    if (discoveries.has(discoveryURL)) yield twice(`${at}.issuer.discoveryURL`, discoveryURL);
    discoveries.add(discoveryURL);
  }
  if (anonymous && !anonymous.enabled && anonymous.conditions?.length)
    yield wrong(
      'anonymous.conditions',
      anonymous.conditions.map(({ path = '' }) => ({ Path: path })),
      'enabled should be set to true when conditions are defined',
    );
}

function* authenticatorErrors(
  at: string,
  { issuer, claimValidationRules = [], claimMappings, ...rest }: Partial<JwtAuthenticator>,
  ownIssuers: readonly string[],
): Errors {
  yield* issuerErrors(`${at}.issuer`, issuer ?? {}, ownIssuers);
  const verifying: Program[] = [];
  yield* claimRuleErrors(`${at}.claimValidationRules`, claimValidationRules, verifying);
  yield* mappingErrors(`${at}.claimMappings`, claimMappings ?? {}, verifying);
  yield* userRuleErrors(`${at}.userValidationRules`, rest.userValidationRules ?? []);
}

function* issuerErrors(
  at: string,
  { url = '', discoveryURL = '', certificateAuthority, egressSelectorType, ...rest }: Issuer,
  ownIssuers: readonly string[],
): Errors {
  if (!url) yield missing(`${at}.url`);
  else yield* urlErrors(`${at}.url`, url, ownIssuers);
  if (discoveryURL) {
    const field = `${at}.discoveryURL`;
    const plain = (text: string): string => text.replace(/\/+$/, '');
    if (url && plain(url) === plain(discoveryURL))
      yield wrong(field, discoveryURL, 'discoveryURL must be different from URL');
    yield* urlErrors(field, discoveryURL, []);
  }
  yield* audienceErrors(at, rest);
  if (certificateAuthority && !isAuthority(certificateAuthority))
    yield wrong(
      `${at}.certificateAuthority`,
      '<omitted>',
      'data does not contain any valid RSA or ECDSA certificates',
    );
  if (egressSelectorType && !['controlplane', 'cluster'].includes(egressSelectorType))
    yield wrong(
      `${at}.egressSelectorType`,
      egressSelectorType,
      'egress selector must be either controlplane or cluster',
    );
}

function* urlErrors(field: string, url: string, forbidden: readonly string[]): Errors {
  if (forbidden.includes(url))
    yield wrong(
      field,
      url,
      `URL must not overlap with disallowed issuers: [${forbidden.toSorted().join(' ')}]`,
    );
  const [, scheme = '', user, query = '', fragment = ''] =
    /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*@)?[^/?#]*)?[^?#]*(\?[^#]*)?(#.*)?$/is.exec(url)!;
  if (scheme.toLowerCase() !== 'https') yield wrong(field, url, 'URL scheme must be https');
  if (user !== undefined) yield wrong(field, url, 'URL must not contain a username or password');
  if (query.length > 1) yield wrong(field, url, 'URL must not contain a query');
  if (fragment.length > 1) yield wrong(field, url, 'URL must not contain a fragment');
}

function* audienceErrors(
  at: string,
  { audiences = [], audienceMatchPolicy: policy = '' }: Issuer,
): Errors {
  const field = `${at}.audiences`;
  if (audiences.length === 0) return yield missing(field, `at least one ${field} is required`);
  for (const [index, audience] of audiences.entries()) {
    if (!audience) yield missing(`${field}[${index}]`);
    if (audiences.indexOf(audience) < index) yield twice(`${field}[${index}]`, audience);
  }
  if (policy === 'MatchAny') return;
  if (audiences.length > 1)
    yield wrong(
      `${at}.audienceMatchPolicy`,
      policy,
      'audienceMatchPolicy must be MatchAny for multiple audiences',
    );
  else if (policy)
    yield wrong(
      `${at}.audienceMatchPolicy`,
      policy,
      'audienceMatchPolicy must be empty or MatchAny for single audience',
    );
}

function isAuthority(pem: string): boolean {
  try {
    return parseCertificates(pem).length > 0;
  } catch {
    return false; // as upstream: whatever is wrong with it, there is no certificate
  }
}

function* claimRuleErrors(at: string, rules: readonly ClaimRule[], verifying: Program[]): Errors {
  const claims = new Set<string>();
  const expressions = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const field = `${at}[${index}]`;
    const { claim = '', expression = '', message, requiredValue } = rule;
    if (claim && expression) yield wrong(field, claim, both);
    else if (!claim && !expression) yield missing(field, either);
    else if (claim) {
      if (message)
        yield wrong(`${field}.message`, message, 'may not be specified when claim is set');
      if (claims.has(claim)) yield twice(`${field}.claim`, claim);
      claims.add(claim);
    } else {
      if (requiredValue)
        yield wrong(
          `${field}.requiredValue`,
          requiredValue,
          'may not be specified when expression is set',
        );
      if (expressions.has(expression)) yield twice(`${field}.expression`, expression);
      else
        yield* compiled(
          `${field}.expression`,
          expression,
          compileClaims(expression, true),
          verifying,
        );
      expressions.add(expression);
    }
  }
}

function* compiled(field: string, text: string, result: Compiled, into: Program[]): Errors {
  if (result.program) into.push(result.program);
  else yield wrong(field, text, result.message);
}

function* mappingErrors(
  at: string,
  { username = {}, groups = {}, uid = {}, extra = [] }: ClaimMappings,
  verifying: Program[],
): Errors {
  const ofUsername: Program[] = [];
  yield* prefixedErrors(`${at}.username`, username, true, ofUsername);
  yield* prefixedErrors(`${at}.groups`, groups, false, []);
  if (uid.claim && uid.expression) yield wrong(`${at}.uid`, '', both);
  else if (uid.expression)
    yield* compiled(`${at}.uid.expression`, uid.expression, compileClaims(uid.expression), []);
  const keys = new Set<string>();
  for (const [index, { key = '', valueExpression }] of extra.entries()) {
    const field = `${at}.extra[${index}]`;
    yield* extraKeyErrors(`${field}.key`, key);
    if (keys.has(key)) {
      yield twice(`${field}.key`, key);
      continue;
    }
    keys.add(key);
    if (!valueExpression) yield missing(`${field}.valueExpression`);
    else
      yield* compiled(
        `${field}.valueExpression`,
        valueExpression,
        compileClaims(valueExpression),
        verifying,
      );
  }
  const uses = (claim: string, all: readonly Program[]): boolean =>
    all.some((program) => selects(program, 'claims', claim));
  if (uses('email', ofUsername) && !uses('email_verified', [...ofUsername, ...verifying]))
    yield wrong(
      `${at}.username.expression`,
      username.expression,
      'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression',
    );
}

function* prefixedErrors(
  at: string,
  { claim, expression, prefix }: Mapping,
  isRequired: boolean,
  into: Program[],
): Errors {
  if (claim && expression) yield wrong(at, '', both);
  else if (expression) {
    if (prefix !== undefined)
      yield wrong(`${at}.prefix`, prefix, 'may not be specified when expression is set');
    yield* compiled(`${at}.expression`, expression, compileClaims(expression), into);
  } else if (claim) {
    if (prefix === undefined)
      yield missing(
        `${at}.prefix`,
        'prefix is required when claim is set. It can be set to an empty string to disable prefixing',
      );
  } else if (isRequired) yield missing(at, either);
}

function* extraKeyErrors(field: string, key: string): Errors {
  yield* wrongDomainPrefixedPath(field, key);
  if (key !== key.toLowerCase()) yield wrong(field, key, 'must be lowercase');
  if (/^(?:[^/]*\.)?(?:kubernetes\.io|k8s\.io)\//.test(key))
    yield wrong(
      field,
      key,
      'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use',
    );
}

function* userRuleErrors(at: string, rules: readonly UserRule[]): Errors {
  const seen = new Set<string>();
  for (const [index, { expression = '' }] of rules.entries()) {
    const field = `${at}[${index}].expression`;
    if (!expression) yield missing(field);
    else if (seen.has(expression)) yield twice(field, expression);
    else yield* compiled(field, expression, compileUser(expression), []);
    seen.add(expression);
  }
}
