import { dns1035LabelErrors } from '@coxswain/api/names';
import type {
  MatchCondition,
  MutatingWebhook,
  RuleWithOperations,
  ServiceReference,
  ValidatingWebhook,
  WebhookClientConfig,
} from '@coxswain/api/types/admissionregistration-v1';
import { compileConditions } from '../../admission/policy/match-conditions.ts';
import { isSame } from '../../rest/equal.ts';
import {
  allInvalid,
  duplicate,
  invalidValue,
  notSupported,
  rangeText,
  required,
  type Rules,
  tooMany,
} from '../rules/field.ts';
import { labelSelector } from '../rules/labels.ts';
import { qualifiedName, subdomainName } from '../rules/name.ts';

type Webhook = ValidatingWebhook | MutatingWebhook;

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];
const failurePolicies = ['Fail', 'Ignore'];
const matchPolicies = ['Equivalent', 'Exact'];
const reinvocations = ['IfNeeded', 'Never'];
const sideEffects = ['None', 'NoneOnDryRun'];
const reviewVersions = ['v1', 'v1beta1'];
const timeoutMax = 30;
const conditionsMax = 64;
const form = '; desired format: https://host[/path]';

interface Webhooks {
  readonly webhooks?: readonly Webhook[] | undefined;
}

const conditionsOf = ({ matchConditions = [] }: Webhook): readonly MatchCondition[] =>
  matchConditions;

/** The rules of a configuration's webhooks, of both kinds; conditions that are as they were `before` are not looked at again. */
export function* webhookRules({ webhooks = [] }: Webhooks, before?: Webhooks): Rules {
  const names = new Set<string>();
  const keepsConditions = isSame(before?.webhooks?.map(conditionsOf), webhooks.map(conditionsOf));
  for (const [index, webhook] of webhooks.entries()) {
    const path = `webhooks[${index}]`;
    yield* oneWebhook(path, webhook);
    if (!keepsConditions)
      yield* conditionRules(`${path}.matchConditions`, webhook.matchConditions ?? []);
    yield* reviews(`${path}.admissionReviewVersions`, webhook.admissionReviewVersions ?? []);
    if (webhook.name && names.has(webhook.name)) yield duplicate(`${path}.name`, webhook.name);
    names.add(webhook.name);
  }
}

function* oneWebhook(path: string, webhook: Webhook): Rules {
  const { rules = [], failurePolicy, matchPolicy, timeoutSeconds } = webhook;
  yield* fullName(`${path}.name`, webhook.name);
  for (const [index, rule] of rules.entries()) yield* ruleRules(`${path}.rules[${index}]`, rule);
  yield* known(`${path}.failurePolicy`, failurePolicy, failurePolicies);
  yield* known(`${path}.matchPolicy`, matchPolicy, matchPolicies);
  if (!webhook.sideEffects)
    yield required(`${path}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`);
  else yield* known(`${path}.sideEffects`, webhook.sideEffects, sideEffects);
  if (timeoutSeconds !== undefined && (timeoutSeconds > timeoutMax || timeoutSeconds < 1))
    yield invalidValue(
      `${path}.timeoutSeconds`,
      timeoutSeconds,
      'the timeout value must be between 1 and 30 seconds',
    );
  yield* labelSelector(`${path}.namespaceSelector`, webhook.namespaceSelector);
  yield* labelSelector(`${path}.objectSelector`, webhook.objectSelector);
  if ('reinvocationPolicy' in webhook)
    yield* known(`${path}.reinvocationPolicy`, webhook.reinvocationPolicy, reinvocations);
  yield* clientRules(`${path}.clientConfig`, webhook.clientConfig);
}

function* known(path: string, value: string | undefined, allowed: readonly string[]): Rules {
  if (value !== undefined && !allowed.includes(value)) yield notSupported(path, value, allowed);
}

function* fullName(path: string, name: string): Rules {
  if (!name) return yield required(path);
  const errors = subdomainName(name);
  if (errors.length > 0) yield invalidValue(path, name, errors.join(','));
  else if (name.split('.').length < 3)
    yield invalidValue(
      path,
      name,
      'should be a domain with at least three segments separated by dots',
    );
}

function* reviews(path: string, versions: readonly string[]): Rules {
  const all = reviewVersions.join(', ');
  if (versions.length === 0) return yield required(path, `must specify one of ${all}`);
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index)
      yield invalidValue(`${path}[${index}]`, version, 'duplicate version');
    else yield* allInvalid(`${path}[${index}]`, version, dns1035LabelErrors(version));
  }
  if (!versions.some((version) => reviewVersions.includes(version)))
    yield invalidValue(path, versions, `must include at least one of ${all}`);
}

/** The rules of one rule of a webhook or policy. */
export function* ruleRules(path: string, rule: RuleWithOperations): Rules {
  const { operations: own = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  if (own.length === 0) yield required(`${path}.operations`);
  yield* alone(`${path}.operations`, own, 'operations');
  for (const [index, operation] of own.entries())
    yield* known(`${path}.operations[${index}]`, operation, operations);
  if (apiGroups.length === 0) yield required(`${path}.apiGroups`);
  yield* alone(`${path}.apiGroups`, apiGroups, 'API groups');
  if (apiVersions.length === 0) yield required(`${path}.apiVersions`);
  yield* alone(`${path}.apiVersions`, apiVersions, 'API versions');
  for (const [index, version] of apiVersions.entries())
    if (version === '') yield required(`${path}.apiVersions[${index}]`);
  yield* resourceRules(`${path}.resources`, resources);
  yield* known(`${path}.scope`, scope, scopes);
}

function* alone(path: string, values: readonly string[], what: string): Rules {
  if (values.length > 1 && values.includes('*'))
    yield invalidValue(path, values, `if '*' is present, must not specify other ${what}`);
}

function* resourceRules(path: string, resources: readonly string[]): Rules {
  if (resources.length === 0) yield required(path);
  const wholeOf = new Set<string>();
  const inAll = new Set<string>();
  let hasPlain = false;
  for (const [index, each] of resources.entries()) {
    const at = `${path}[${index}]`;
    if (each === '') {
      yield required(at);
      continue;
    }
    const slash = each.indexOf('/');
    if (slash < 0) {
      hasPlain = each !== '*';
      continue;
    }
    const [resource, sub] = [each.slice(0, slash), each.slice(slash + 1)];
    if (wholeOf.has(resource))
      yield invalidValue(at, each, `if '${resource}/*' is present, must not specify ${each}`);
    if (inAll.has(sub))
      yield invalidValue(at, each, `if '*/${sub}' is present, must not specify ${each}`);
    if (sub === '*') wholeOf.add(resource);
    if (resource === '*') inAll.add(sub);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    yield invalidValue(path, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes('*') && hasPlain)
    yield invalidValue(
      path,
      resources,
      "if '*' is present, must not specify other resources without subresources",
    );
}

function* clientRules(path: string, { url, service }: WebhookClientConfig): Rules {
  if ((url === undefined) === (service === undefined))
    return yield required(path, 'exactly one of url or service is required');
  if (url !== undefined) yield* webhookUrl(`${path}.url`, url);
  if (service !== undefined) yield* webhookService(`${path}.service`, service);
}

/** The rules of a webhook's URL. */
export function* webhookUrl(path: string, text: string): Rules {
  const parts =
    /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;
  const found = parts.exec(text);
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = found ?? [];
  if (scheme !== 'https')
    yield invalidValue(path, scheme, `'https' is the only allowed URL scheme${form}`);
  if (host === '') yield invalidValue(path, host, `host must be specified${form}`);
  if (user !== undefined)
    yield invalidValue(path, user, 'user information is not permitted in the URL');
  if (fragment) yield invalidValue(path, fragment, 'fragments are not permitted in the URL');
  if (query) yield invalidValue(path, query, 'query parameters are not permitted in the URL');
}

/** The rules of a reference to a Service. Upstream says `name` where the namespace is missing, and the other way round. */
export function* webhookService(path: string, service: ServiceReference): Rules {
  const { name, namespace, path: urlPath = '', port = 443 } = service;
  if (!namespace) yield required(`${path}.name`);
  if (!name) yield required(`${path}.namespace`);
  if (port < 1 || port > 65_535)
    yield invalidValue(`${path}.port`, port, `port is not valid: ${rangeText(1, 65_535)}`);
  if (urlPath === '/' || urlPath === '') return;
  const at = `${path}.path`;
  if (urlPath === '//') return yield invalidValue(at, urlPath, 'segment[0] may not be empty');
  if (!urlPath.startsWith('/')) yield invalidValue(at, urlPath, "must start with a '/'");
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') yield invalidValue(at, urlPath, `segment[${index}] may not be empty`);
    else
      for (const error of subdomainName(step))
        yield invalidValue(at, urlPath, `segment[${index}]: ${error}`);
  }
}

const hookConditions = (expression: string): string | undefined =>
  compileConditions([{ name: '', expression }])[0]!.compiled.message;

/** The rules of match conditions; `wrong` says what is wrong with an expression, by default as webhooks have them. */
export function* conditionRules(
  path: string,
  conditions: readonly MatchCondition[],
  wrong: (expression: string) => string | undefined = hookConditions,
): Rules {
  if (conditions.length > conditionsMax) yield tooMany(path, conditions.length, conditionsMax);
  const names = new Set<string>();
  for (const [index, { name, expression }] of conditions.entries()) {
    const at = `${path}[${index}]`;
    const text = expression?.trim();
    const errors = text ? wrong(text) : undefined;
    if (!text) yield required(`${at}.expression`);
    else if (errors !== undefined) yield invalidValue(`${at}.expression`, text, errors);
    if (!name) yield required(`${at}.name`);
    else yield* allInvalid(`${at}.name`, name, qualifiedName(name));
    if (name && names.has(name)) yield duplicate(`${at}.name`, name);
    names.add(name);
  }
}
