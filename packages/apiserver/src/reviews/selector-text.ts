interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** The text of a selector that a review carries, raw or as a list of requirements. */
export function selectorText(
  selector:
    | {
        readonly rawSelector?: string | undefined;
        readonly requirements?: readonly Requirement[] | undefined;
      }
    | undefined,
): string {
  if (!selector) return '';
  return selector.rawSelector || (selector.requirements ?? []).map(requirementText).join(',');
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (values.length === 1) return `${key}${operator === 'In' ? '=' : '!='}${values[0]}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
}
