import type { StatusCause } from '../generated/meta.ts';
import { ApiError } from '../status/index.ts';
import { elementText } from './field-set/element.ts';
import type { Element } from './field-set/element.ts';
import { paths } from './field-set/field-set.ts';
import type { FieldSet } from './field-set/field-set.ts';
import type { Owner } from './managed.ts';

/** What an apply would take from another writer. */
export interface Conflict {
  readonly id: string;
  readonly owner: Owner;
  readonly set: FieldSet;
}

const pathText = (path: readonly Element[]): string => path.map(elementText).join('');

function ownerText({ manager, subresource, operation, apiVersion }: Owner): string {
  const name = JSON.stringify(manager);
  const through = subresource ? `${name} with subresource ${JSON.stringify(subresource)}` : name;
  return operation === 'Update' ? `${through} using ${apiVersion}` : through;
}

/** 409 as upstream words it, with a cause for each field. */
export function applyConflict(conflicts: readonly Conflict[]): ApiError {
  const sorted = conflicts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const causes: StatusCause[] = [];
  const lines: string[] = [];
  for (const { owner, set } of sorted) {
    const fields = [...paths(set)].map(pathText);
    lines.push(`conflicts with ${ownerText(owner)}:`, ...fields.map((field) => `- ${field}`));
    const message = `conflict with ${ownerText(owner)}`;
    for (const field of fields) causes.push({ reason: 'FieldManagerConflict', message, field });
  }
  const [only] = causes;
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${only!.message}: ${only!.field}`
      : `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`;
  return new ApiError(409, 'Conflict', message, { causes });
}
