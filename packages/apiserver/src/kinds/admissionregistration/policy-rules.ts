import { dns1035LabelErrors } from '@coxswain/api/names';
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '@coxswain/api/types/admissionregistration-v1';
import { celTypes as t } from '@coxswain/cel';
import { type Compiler, compilerOf } from '../../admission/policy/compile.ts';
import { jsonPatch, patchObject } from '../../admission/policy/environment.ts';
import type { Expression } from '../../admission/policy/evaluate.ts';
import { isSame } from '../../rest/equal.ts';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { labelSelector } from '../rules/labels.ts';
import { pathSegmentName, qualifiedName, subdomainName } from '../rules/name.ts';
import { conditionRules, ruleRules } from './webhook-rules.ts';

const failurePolicies = ['Fail', 'Ignore'];
const matchPolicies = ['Equivalent', 'Exact'];
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const actions = ['Audit', 'Deny', 'Warn'];
const notFoundActions = ['Deny', 'Allow'];
const reinvocations = ['IfNeeded', 'Never'];
const patchTypes = ['ApplyConfiguration', 'JSONPatch'];
const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const annotationsMax = 20;
const valueExpressionMax = 5120;
const reservedWords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;

/** Required when empty, unsupported when not one of `allowed`. */
function* known(path: string, value: string | undefined, allowed: readonly string[]): Rules {
  if (!value) yield required(path);
  else if (!allowed.includes(value)) yield notSupported(path, value, allowed);
}

/** The checker's report, as a wrong value. */
function* compiles(path: string, { text, compiled }: Expression, shown: string = text): Rules {
  if (!compiled.program) yield invalidValue(path, shown, compiled.message);
}

function* paramKindRules(path: string, { apiVersion = '', kind = '' }: ParamKind): Rules {
  const parts = apiVersion.split('/');
  const [group = '', version = ''] = parts.length > 1 ? parts : ['', apiVersion];
  if (!apiVersion) yield required(`${path}.apiVersion`);
  else if (parts.length > 2)
    yield invalidValue(
      `${path}.apiVersion`,
      apiVersion,
      `unexpected GroupVersion string: ${apiVersion}`,
    );
  else {
    const wrong = group ? subdomainName(group) : [];
    if (wrong.length) yield invalidValue(`${path}.apiVersion`, group, wrong.join(','));
    const errors = dns1035LabelErrors(version);
    if (!version) yield invalidValue(`${path}.apiVersion`, apiVersion, 'version must be specified');
    else if (errors.length) yield invalidValue(`${path}.apiVersion`, version, errors.join(','));
  }
  const errors = dns1035LabelErrors(kind.toLowerCase());
  if (!kind) yield required(`${path}.kind`);
  else if (errors.length)
    yield invalidValue(
      `${path}.kind`,
      kind,
      `may have mixed case, but should otherwise match: ${errors.join(',')}`,
    );
}

function* matchRules(path: string, match: MatchResources): Rules {
  yield* known(`${path}.matchPolicy`, match.matchPolicy, matchPolicies);
  yield* labelSelector(`${path}.namespaceSelector`, match.namespaceSelector);
  yield* labelSelector(`${path}.objectSelector`, match.objectSelector);
  for (const [name, rules] of [
    ['resourceRules', match.resourceRules],
    ['excludeResourceRules', match.excludeResourceRules],
  ] as const)
    for (const [index, rule] of (rules ?? []).entries())
      yield* namedRule(`${path}.${name}[${index}]`, rule);
}

function* namedRule(path: string, rule: NamedRuleWithOperations): Rules {
  const names = rule.resourceNames ?? [];
  for (const [index, name] of names.entries()) {
    const at = `${path}.resourceNames[${index}]`;
    yield* allInvalid(at, name, pathSegmentName(name));
    if (names.indexOf(name) < index) yield duplicate(at, name);
  }
  yield* ruleRules(path, rule);
}

function* onlyMutable(path: string, rules: readonly NamedRuleWithOperations[] | undefined): Rules {
  for (const { operations } of rules ?? [])
    for (const operation of operations ?? [])
      if (!mutatingOperations.includes(operation))
        yield notSupported(`${path}.resourceRules.operations`, operation, mutatingOperations);
}

/** Conditions that are as they were, and may name what they might, are not looked at again. */
const keepsConditions = (next: Policy['spec'], before: Policy['spec']): boolean =>
  isSame(next.paramKind, before.paramKind) && isSame(next.matchConditions, before.matchConditions);

/** What both sorts of policies have; `between` comes where upstream checks the operations. */
function* commonRules(
  { spec }: Policy,
  compiler: Compiler,
  isMutating: boolean,
  before: Policy | undefined,
): Rules {
  yield* known('spec.failurePolicy', spec.failurePolicy, failurePolicies);
  if (spec.paramKind) yield* paramKindRules('spec.paramKind', spec.paramKind);
  const { matchConstraints } = spec;
  if (!matchConstraints) yield required('spec.matchConstraints');
  else {
    yield* matchRules('spec.matchConstraints', matchConstraints);
    if (!matchConstraints.resourceRules?.length)
      yield required('spec.matchConstraints.resourceRules');
    if (isMutating) yield* onlyMutable('spec.matchConstraints', matchConstraints.resourceRules);
  }
  const plain = compilerOf({ paramKind: spec.paramKind });
  if (!before || !keepsConditions(spec, before.spec))
    yield* conditionRules(
      'spec.matchConditions',
      spec.matchConditions ?? [],
      (expression) => plain.conditions([{ name: '', expression }])[0]!.compiled.message,
    );
  for (const [index, { name, expression }] of (spec.variables ?? []).entries()) {
    const at = `spec.variables[${index}]`;
    if (!name?.trim()) yield required(`${at}.name`, 'name is not specified');
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || reservedWords.has(name))
      yield invalidValue(`${at}.name`, name, 'must be a valid CEL identifier');
    if (!expression?.trim()) yield required(`${at}.expression`, 'expression is not specified');
    else yield* compiles(`${at}.expression`, compiler.variables.get(name)!);
  }
}

/** The rules of a ValidatingAdmissionPolicy, its expressions among them; of a change of `before`, if there is one. */
export function* validatingPolicyRules(
  policy: ValidatingAdmissionPolicy,
  before?: ValidatingAdmissionPolicy,
): Rules {
  const { spec } = policy;
  const compiler = compilerOf(spec);
  const { validations = [], auditAnnotations = [] } = spec;
  yield* commonRules(policy, compiler, false, before);
  if (!validations.length && !auditAnnotations.length)
    for (const name of ['validations', 'auditAnnotations'])
      yield required(
        `spec.${name}`,
        'validations or auditAnnotations must contain at least one item',
      );
  for (const [index, validation] of validations.entries())
    yield* validationRules(`spec.validations[${index}]`, validation, compiler);
  if (auditAnnotations.length > annotationsMax)
    yield invalidValue(
      'spec.auditAnnotations',
      auditAnnotations,
      `must not have more than ${annotationsMax} auditAnnotations`,
    );
  yield* annotationRules(policy, compiler);
}

function* validationRules(path: string, validation: Validation, compiler: Compiler): Rules {
  const { expression, message, messageExpression, reason } = validation;
  if (!expression?.trim()) yield required(`${path}.expression`, 'expression is not specified');
  else yield* compiles(`${path}.expression`, compiler.expression(expression, [t.bool]));
  const empty = 'must be non-empty if specified';
  if (messageExpression && !messageExpression.trim())
    yield invalidValue(`${path}.messageExpression`, messageExpression, empty);
  else if (messageExpression)
    yield* compiles(
      `${path}.messageExpression`,
      compiler.expression(messageExpression, [t.string], false),
    );
  if (message && !message.trim()) yield invalidValue(`${path}.message`, message, empty);
  else if (message && /[\n\r]/.test(message.trim()))
    yield invalidValue(`${path}.message`, message, 'must not contain line breaks');
  if (reason !== undefined && !reasons.includes(reason))
    yield notSupported(`${path}.reason`, reason, reasons);
}

function* annotationRules(
  { metadata, spec }: ValidatingAdmissionPolicy,
  compiler: Compiler,
): Rules {
  const seen = new Set<string>();
  for (const [index, { key, valueExpression }] of (spec.auditAnnotations ?? []).entries()) {
    const at = `spec.auditAnnotations[${index}]`;
    const full = `${metadata.name ?? ''}/${key}`;
    if (metadata.name) yield* allInvalid(`${at}.key`, full, qualifiedName(full));
    else yield invalidValue(`${at}.key`, key, 'requires metadata.name be non-empty');
    const text = valueExpression?.trim() ?? '';
    if (!text) yield required(`${at}.valueExpression`, 'valueExpression is not specified');
    else if (text.length > valueExpressionMax)
      yield required(
        `${at}.valueExpression`,
        `must not exceed ${valueExpressionMax} bytes in length`,
      );
    else
      yield* compiles(
        `${at}.valueExpression`,
        compiler.expression(text, [t.string, t.nullType]),
        valueExpression,
      );
    if (seen.has(key)) yield duplicate(`${at}.key`, key);
    seen.add(key);
  }
}

/** The rules of a MutatingAdmissionPolicy, its expressions among them; of a change of `before`, if there is one. */
export function* mutatingPolicyRules(
  policy: MutatingAdmissionPolicy,
  before?: MutatingAdmissionPolicy,
): Rules {
  const { spec } = policy;
  const { mutations = [], reinvocationPolicy } = spec;
  const compiler = compilerOf(spec, {}, true);
  yield* commonRules(policy, compiler, true, before);
  if (!mutations.length)
    yield required('spec.mutations', 'mutations must contain at least one item');
  for (const [index, mutation] of mutations.entries())
    yield* mutationRules(`spec.mutations[${index}]`, mutation, compiler);
  yield* known('spec.reinvocationPolicy', reinvocationPolicy, reinvocations);
}

function* mutationRules(path: string, mutation: Mutation, compiler: Compiler): Rules {
  const { patchType } = mutation;
  if (!patchType) return yield required(`${path}.patchType`);
  if (!patchTypes.includes(patchType))
    return yield notSupported(`${path}.patchType`, patchType, patchTypes);
  const isJson = patchType === 'JSONPatch';
  const [own, other] = isJson
    ? (['jsonPatch', 'applyConfiguration'] as const)
    : (['applyConfiguration', 'jsonPatch'] as const);
  const text = mutation[own]?.expression?.trim();
  if (!mutation[own])
    yield required(`${path}.${own}`, `must be specified when patchType is ${patchType}`);
  else if (!text) yield required(`${path}.${own}.expression`);
  else {
    const returns = isJson ? t.listOf(jsonPatch) : patchObject;
    yield* compiles(`${path}.${own}.expression`, compiler.expression(text, [returns], true, true));
  }
  if (mutation[other])
    yield invalidValue(
      `${path}.${other}`,
      `{${other}}`,
      `must not be specified when patchType is ${patchType}`,
    );
}

function* paramRefRules(path: string, ref: ParamRef): Rules {
  const exclusive = 'name and selector are mutually exclusive';
  const { name, selector, parameterNotFoundAction } = ref;
  if (name) {
    yield* allInvalid(`${path}.name`, name, pathSegmentName(name));
    if (selector) yield forbiddenField(`${path}.name`, exclusive);
  }
  if (selector) {
    yield* labelSelector(`${path}.selector`, selector);
    if (name) yield forbiddenField(`${path}.selector`, exclusive);
  }
  if (!name && !selector) yield required(path, 'one of name or selector must be specified');
  yield* known(`${path}.parameterNotFoundAction`, parameterNotFoundAction, notFoundActions);
}

function* bindingRules({
  spec,
}: MutatingAdmissionPolicyBinding | ValidatingAdmissionPolicyBinding): Rules {
  const { policyName, paramRef, matchResources } = spec;
  if (!policyName) yield required('spec.policyName');
  else yield* allInvalid('spec.policyName', policyName, subdomainName(policyName));
  if (paramRef) yield* paramRefRules('spec.paramRef', paramRef);
  if (matchResources) yield* matchRules('spec.matchResources', matchResources);
}

export function* mutatingBindingRules(binding: MutatingAdmissionPolicyBinding): Rules {
  yield* bindingRules(binding);
  yield* onlyMutable('spec.matchResources', binding.spec.matchResources?.resourceRules);
}

export function* validatingBindingRules(binding: ValidatingAdmissionPolicyBinding): Rules {
  yield* bindingRules(binding);
  const path = 'spec.validationActions';
  const given = binding.spec.validationActions ?? [];
  for (const [index, action] of given.entries()) {
    if (!actions.includes(action)) yield notSupported(`${path}[${index}]`, action, actions);
    if (given.indexOf(action) < index) yield duplicate(`${path}[${index}]`, action);
  }
  if (given.includes('Deny') && given.includes('Warn'))
    yield invalidValue(
      path,
      given,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  if (!given.length) yield required(path, 'at least one validation action is required');
}
