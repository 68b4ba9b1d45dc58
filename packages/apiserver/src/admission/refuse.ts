import { ApiError, forbidden } from '@coxswain/api';
import type { Admission } from './plugin.ts';

/** The 403 of an admission plugin: names the object by its name, or by what its name will begin with. */
export function refuse({ resource, name, object }: Admission, why: string): ApiError {
  const { name: own, generateName } = object?.metadata ?? {};
  return forbidden({ ...resource, name: name || own || generateName || 'Unknown' }, why);
}

/** Whether the request writes the resource itself (or `subresource` of it) by one of `operations`. */
export function isWrite(
  admission: Admission,
  resource: { readonly group: string; readonly resource: string },
  operations: readonly Admission['operation'][],
  subresource = '',
): boolean {
  return (
    admission.resource.resource === resource.resource &&
    admission.resource.group === resource.group &&
    admission.subresource === subresource &&
    operations.includes(admission.operation)
  );
}

/** Several reasons as upstream prints them together: one as it is, more in brackets, each once. */
export const aggregateText = (texts: readonly string[]): string => {
  const each = [...new Set(texts)];
  return each.length === 1 ? each[0]! : `[${each.join(', ')}]`;
};

/** Where upstream's plugin lets an error through that is no Status: the caller sees a 500 with its words alone. */
export const plainError = (text: string): ApiError => new ApiError(500, '', text);
