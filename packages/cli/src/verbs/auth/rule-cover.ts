import type { PolicyRule } from '@coxswain/api/types/rbac-v1';

const hasAll = (owned: readonly string[], asked: readonly string[]): boolean =>
  asked.every((each) => owned.includes(each));
const coversWords = (owned: readonly string[], asked: readonly string[]): boolean =>
  owned.includes('*') || hasAll(owned, asked);

/** `pods/log` is covered by itself, by all resources, and by that part of all resources. */
const coversResource = (owned: readonly string[], asked: string): boolean => {
  const slash = asked.indexOf('/');
  return owned.includes(asked) || (slash >= 0 && owned.includes(`*/${asked.slice(slash + 1)}`));
};

const coversPath = (owned: string, asked: string): boolean =>
  owned === asked || (owned.endsWith('*') && asked.startsWith(owned.replace(/\*+$/, '')));

function covers(owner: PolicyRule, asked: PolicyRule): boolean {
  const { resources = [], resourceNames = [], nonResourceURLs = [] } = owner;
  const names = asked.resourceNames ?? [];
  return (
    coversWords(owner.verbs, asked.verbs) &&
    coversWords(owner.apiGroups ?? [], asked.apiGroups ?? []) &&
    (resources.includes('*') ||
      (asked.resources ?? []).every((each) => coversResource(resources, each))) &&
    (asked.nonResourceURLs ?? []).every((path) =>
      nonResourceURLs.some((owned) => coversPath(owned, path)),
    ) &&
    (resourceNames.length === 0 || (names.length > 0 && hasAll(resourceNames, names)))
  );
}

/** A rule taken apart: one verb, one resource, one name each. */
function parts(rule: PolicyRule): readonly PolicyRule[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [undefined];
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          names.map((name) => ({
            ...{ verbs: [verb], apiGroups: [group], resources: [resource] },
            ...(name && { resourceNames: name }),
          })),
        ),
      ),
    ),
    ...nonResourceURLs.flatMap((url) =>
      verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })),
    ),
  ];
}

/** What `asked` allows and `owned` does not, taken apart. */
export const uncovered = (
  owned: readonly PolicyRule[],
  asked: readonly PolicyRule[],
): readonly PolicyRule[] =>
  asked.flatMap(parts).filter((part) => !owned.some((rule) => covers(rule, part)));
