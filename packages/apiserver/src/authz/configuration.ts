import type { FieldError } from '@coxswain/api';
import { dns1123SubdomainErrors } from '@coxswain/api/names';
import type { Program } from '@coxswain/cel';
import { type Shape, strictDocument, values } from '../authn/strict-document.ts';
import { compileCondition } from './match-conditions.ts';

/** One authorizer of `--authorization-config`. */
export interface AuthorizerSettings {
  readonly type?: string;
  readonly name?: string;
  readonly webhook?: WebhookSettings;
}

export interface WebhookSettings {
  /** Durations as Go writes them. */
  readonly timeout?: string;
  readonly authorizedTTL?: string;
  readonly unauthorizedTTL?: string;
  readonly cacheAuthorizedRequests?: boolean;
  readonly cacheUnauthorizedRequests?: boolean;
  readonly subjectAccessReviewVersion?: string;
  readonly matchConditionSubjectAccessReviewVersion?: string;
  readonly failurePolicy?: string;
  readonly connectionInfo?: { readonly type?: string; readonly kubeConfigFile?: string };
  readonly matchConditions?: readonly { readonly expression?: string }[];
}

/** What `--authorization-config` holds. */
export interface AuthorizationConfiguration {
  readonly authorizers?: readonly AuthorizerSettings[];
}

const shape: Readonly<Record<string, Shape>> = {
  authorizers: [
    {
      ...values('type', 'name'),
      webhook: {
        ...values('timeout', 'authorizedTTL', 'unauthorizedTTL'),
        ...values('cacheAuthorizedRequests', 'cacheUnauthorizedRequests'),
        ...values('subjectAccessReviewVersion', 'failurePolicy'),
        matchConditionSubjectAccessReviewVersion: 'value',
        connectionInfo: { type: 'value', kubeConfigFile: 'value' },
        matchConditions: [{ expression: 'value' }],
      },
    },
  ],
};

/** Reads what `--authorization-config` holds. Throws with upstream's words for what is none. */
export const authorizationConfiguration = (document: unknown): AuthorizationConfiguration =>
  strictDocument(
    document,
    'AuthorizationConfiguration',
    ['v1', 'v1beta1', 'v1alpha1'],
    shape,
  ) as AuthorizationConfiguration;

/** What the rules need to know of the machine they run on. */
export interface RuleContext {
  /** Milliseconds of a Go duration; throws for what is none. */
  readonly durationMs: (text: string) => number;
  /** What is wrong with a file that is named, in Go's words. */
  readonly fileError: (path: string) => string | undefined;
}

type Errors = Generator<FieldError, void>;
const wrong = (field: string, value: unknown, detail: string): FieldError => ({
  ...{ type: 'FieldValueInvalid', field, value, detail },
});
const missing = (field: string, detail = ''): FieldError => ({
  ...{ type: 'FieldValueRequired', field, detail },
});
const twice = (field: string, value: string): FieldError => ({
  ...{ type: 'FieldValueDuplicate', field, value, detail: '' },
});
const unsupported = (field: string, value: unknown, known: readonly string[]): FieldError => ({
  ...{ type: 'FieldValueNotSupported', field, value },
  detail: `supported values: ${known.map((each) => `"${each}"`).join(', ')}`,
});

/** The types that this server has; upstream also has ABAC. */
export const authorizerTypes: readonly string[] = [
  ...['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'],
];
const conditionsMax = 64;

/** What is wrong with a configuration. */
export function* authorizationErrors(
  { authorizers = [] }: AuthorizationConfiguration,
  context: RuleContext,
): Errors {
  if (authorizers.length === 0)
    yield missing('authorizers', 'at least one authorization mode must be defined');
  const types = new Set<string>();
  const names = new Set<string>();
  for (const [index, { type = '', name = '', webhook }] of authorizers.entries()) {
    const at = `authorizers[${index}]`;
    if (!type) yield missing(`${at}.type`);
    else if (!authorizerTypes.includes(type))
      yield unsupported(`${at}.type`, type, authorizerTypes);
    else if (types.has(type) && type !== 'Webhook') yield twice(`${at}.type`, type);
    else {
      types.add(type);
      yield* nameErrors(`${at}.name`, name, names);
      names.add(name);
      if (type !== 'Webhook') {
        if (webhook)
          yield wrong(`${at}.webhook`, 'non-null', 'may only be specified when type=Webhook');
      } else if (webhook) yield* webhookErrors(at, webhook, context);
      else yield missing(`${at}.webhook`, 'required when type=Webhook');
    }
  }
}

function* nameErrors(field: string, name: string, names: ReadonlySet<string>): Errors {
  if (!name) return yield missing(field);
  if (names.has(name)) return yield twice(field, name);
  const errors = dns1123SubdomainErrors(name);
  if (errors.length > 0)
    yield wrong(field, name, `authorizer name is invalid: ${errors.join(', ')}`);
}

function* webhookErrors(at: string, webhook: WebhookSettings, context: RuleContext): Errors {
  const { timeout = '', authorizedTTL = '', unauthorizedTTL = '', failurePolicy = '' } = webhook;
  const ms = (text: string): number => (text === '' || text === '0' ? 0 : context.durationMs(text));
  if (ms(timeout) === 0) yield missing(`${at}.timeout`);
  else if (ms(timeout) > 30_000 || ms(timeout) < 0)
    yield wrong(`${at}.timeout`, timeout, 'must be > 0s and <= 30s');
  for (const [name, text] of Object.entries({ authorizedTTL, unauthorizedTTL }))
    if (ms(text) < 0) yield wrong(`${at}.${name}`, text, 'must be > 0s');
  const {
    subjectAccessReviewVersion: version = '',
    matchConditionSubjectAccessReviewVersion: conditionVersion = '',
    matchConditions = [],
  } = webhook;
  yield* oneOf(`${at}.subjectAccessReviewVersion`, version, ['v1', 'v1beta1']);
  const field = `${at}.matchConditionSubjectAccessReviewVersion`;
  if (conditionVersion) yield* oneOf(field, conditionVersion, ['v1']);
  else if (matchConditions.length > 0)
    yield missing(field, 'required if match conditions are specified');
  yield* oneOf(`${at}.failurePolicy`, failurePolicy, ['NoOpinion', 'Deny']);
  yield* connectionErrors(`${at}.connectionInfo`, webhook.connectionInfo ?? {}, context);
  yield* conditionErrors(`${at}.matchConditions`, matchConditions);
}

function* oneOf(field: string, value: string, known: readonly string[]): Errors {
  if (!value) yield missing(field);
  else if (!known.includes(value)) yield unsupported(field, value, known);
}

function* connectionErrors(
  at: string,
  { type = '', kubeConfigFile }: NonNullable<WebhookSettings['connectionInfo']>,
  { fileError }: RuleContext,
): Errors {
  const field = `${at}.kubeConfigFile`;
  if (!type) yield missing(`${at}.type`);
  else if (type === 'InClusterConfig') {
    if (kubeConfigFile !== undefined)
      yield wrong(field, kubeConfigFile, 'can only be set when type=KubeConfigFile');
  } else if (type !== 'KubeConfigFile')
    yield unsupported(`${at}.type`, { Type: type, KubeConfigFile: kubeConfigFile ?? null }, [
      ...['InClusterConfig', 'KubeConfigFile'],
    ]);
  else if (!kubeConfigFile) yield missing(field);
  else if (!kubeConfigFile.startsWith('/'))
    yield wrong(field, kubeConfigFile, 'must be an absolute path');
  else {
    const error = fileError(kubeConfigFile);
    if (error) yield wrong(field, kubeConfigFile, error);
  }
}

function* conditionErrors(
  at: string,
  conditions: NonNullable<WebhookSettings['matchConditions']>,
): Errors {
  if (conditions.length > conditionsMax)
    return yield {
      type: 'FieldValueTooMany',
      field: at,
      value: conditions.length,
      detail: `must have at most ${conditionsMax} items`,
    };
  const seen = new Set<string>();
  for (const [index, { expression = '' }] of conditions.entries()) {
    const field = `${at}[${index}].expression`;
    if (!expression.trim()) yield missing(field);
    else if (seen.has(expression)) yield twice(field, expression);
    else {
      const { message } = compileCondition(expression);
      if (message !== undefined) yield wrong(field, expression, message);
    }
    seen.add(expression);
  }
}

/** The conditions of a webhook that has been found to be right. */
export const conditionsOf = ({ matchConditions = [] }: WebhookSettings): readonly Program[] =>
  matchConditions.map(({ expression = '' }) => {
    const { program, message } = compileCondition(expression);
    if (!program) throw new Error(message);
    return program;
  });
