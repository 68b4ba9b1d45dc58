import type {
  ExpressionWarning,
  NamedRuleWithOperations,
  ValidatingAdmissionPolicy,
} from '@coxswain/api/types/admissionregistration-v1';
import { celTypes as t, type CelType } from '@coxswain/cel';
import type { Served } from '../../rest/catalog.ts';
import { compilerOf, type Known } from './compile.ts';
import { knownType } from './known-types.ts';

/** Of one rule, upstream checks so many kinds. */
const kindsMax = 10;

const hasWildcard = (each: string): boolean => each.includes('*');
const kindText = ({ resource: { group, version, kind } }: Served): string =>
  `${group}/${version}, Kind=${kind}`;
const ordered = ({ resource: { group, version, kind } }: Served): string =>
  [group, version, kind].join('\0');

/** The kinds of a rule's resources. The group of old has no name, so that its resources are sought in all groups. */
function kindsOfRule(
  { apiGroups = [], apiVersions = [], resources = [] }: NamedRuleWithOperations,
  served: readonly Served[],
): readonly Served[] {
  if ([...apiGroups, ...apiVersions].some(hasWildcard)) return [];
  const found: Served[] = [];
  for (const group of apiGroups.toSorted())
    for (const version of apiVersions.toSorted())
      for (const name of resources.filter((each) => !/[*/]/.test(each)).toSorted())
        found.push(
          ...served.filter(
            ({ resource }) =>
              (!group || resource.group === group) &&
              resource.version === version &&
              [resource.resource, resource.kind.toLowerCase()].includes(name.toLowerCase()),
          ),
        );
  return found;
}

function kindsOf({ spec }: ValidatingAdmissionPolicy, served: readonly Served[]): Served[] {
  const kinds = new Set<Served>();
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    const found = kindsOfRule(rule, served).slice(0, kindsMax);
    for (const each of found) kinds.add(each);
    if (found.length === kindsMax) break;
  }
  return [...kinds].toSorted((a, b) => (ordered(a) < ordered(b) ? -1 : 1));
}

/** What is odd in a policy's expressions once the types of the objects it looks at are known; it stays in force whatever that is. */
export function typeWarnings(
  policy: ValidatingAdmissionPolicy,
  served: readonly Served[],
): readonly ExpressionWarning[] {
  const { paramKind, validations = [] } = policy.spec;
  const param = served.find(
    ({ resource, apiVersion }) =>
      apiVersion === paramKind?.apiVersion && resource.kind === paramKind.kind,
  );
  const paramsType = param && knownType(param.kind, param.apiVersion);
  const checks = kindsOf(policy, served).map((each) => {
    const of = `${kindText(each)}: `;
    return checkerOf(policy, of, { object: knownType(each.kind, each.apiVersion), paramsType });
  });
  const warnings: ExpressionWarning[] = [];
  const look = (fieldRef: string, text: string | undefined): void => {
    if (!text) return;
    const found = checks.flatMap((check) => check(text));
    if (found.length) warnings.push({ fieldRef, warning: found.join('\n') });
  };
  for (const [index, { expression, messageExpression }] of validations.entries()) {
    const path = `spec.validations[${index}]`;
    look(`${path}.expression`, expression);
    look(`${path}.messageExpression`, messageExpression);
  }
  return warnings;
}

/** What is wrong with a text for objects of one type. */
function checkerOf(
  { spec }: ValidatingAdmissionPolicy,
  of: string,
  { object, paramsType }: { [key in keyof Known]: CelType | undefined },
): (text: string) => readonly string[] {
  const known = { ...(object && { object }), ...(paramsType && { paramsType }) };
  const compiler = compilerOf(spec, { ...known, typesOnly: true }, true);
  return (text) => {
    const { message } = compiler.expression(text, [t.anyType]).compiled;
    return message === undefined ? [] : [`${of}${message}\n`];
  };
}
