import { parseFieldSelector } from '@coxswain/api/fields';
import { parseSelector } from '@coxswain/api/labels';
import type { FieldSelectorRequirement, LabelSelectorRequirement } from '@coxswain/api/types/meta';

const operators: Readonly<Record<string, string>> = {
  ...{ in: 'In', '=': 'In', '==': 'In', notin: 'NotIn', '!=': 'NotIn' },
  ...{ exists: 'Exists', '!': 'DoesNotExist' },
};

/** What a field selector asks for, as reviews tell it; a text that is none tells nothing. */
export function fieldRequirements(text: string): FieldSelectorRequirement[] {
  if (!text) return [];
  try {
    return parseFieldSelector(text).map(({ field, equal, value }) => ({
      key: field,
      operator: equal ? 'In' : 'NotIn',
      values: [value],
    }));
  } catch {
    return []; // as upstream: the request itself is refused later
  }
}

/** What a label selector asks for, as reviews tell it; a text that is none tells nothing. */
export function labelRequirements(text: string): LabelSelectorRequirement[] {
  if (!text) return [];
  try {
    return parseSelector(text).requirements.flatMap(({ key, operator, values }) => {
      const name = operators[operator];
      return name
        ? [{ key, operator: name, ...(values.length > 0 && { values: [...values] }) }]
        : [];
    });
  } catch {
    return []; // as upstream: the request itself is refused later
  }
}
