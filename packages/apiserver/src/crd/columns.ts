import { ago, encodeJson, type KubeObject, parseTime } from '@coxswain/api';
import type { CustomResourceColumnDefinition } from '@coxswain/api/types/apiextensions-v1';
import type { Column } from '../kinds/kind.ts';
import { nameColumn } from '../kinds/rules/columns.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';

/** What upstream prints where a version names no columns. */
const usual: readonly CustomResourceColumnDefinition[] = [
  {
    name: 'Age',
    type: 'date',
    description: 'When the server created the object.',
    jsonPath: '.metadata.creationTimestamp',
  },
];

type Cell = string | number | boolean | null;

/** The columns of a version's Table. */
export function columnsOf(
  own: readonly CustomResourceColumnDefinition[] | undefined,
): readonly Column<KubeObject>[] {
  const columns: Column<KubeObject>[] = [nameColumn];
  for (const { name, type, format, description, priority = 0, jsonPath } of own?.length
    ? own
    : usual) {
    const path = parseJsonPath(jsonPath);
    // Upstream shows the name alone where it cannot read a column.
    if (!path) return [nameColumn];
    columns.push({
      name,
      type: type as Column<KubeObject>['type'],
      ...(format && { format }),
      description:
        description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      priority,
      value: (object, { nowMs }) => cellAt(path, object, type, nowMs),
    });
  }
  return columns;
}

function cellAt(path: JsonPath, object: KubeObject, type: string, nowMs: number): Cell {
  const [value] = path(object);
  if (value === undefined) return null;
  if (type === 'string') return printed(value);
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return type === 'date' && typeof value === 'string' ? age(value, nowMs) : null;
}

/** A value as kubectl's JSONPath prints it. */
function printed(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? encodeJson(value) : String(value);
}

function age(text: string, nowMs: number): string {
  if (text === '') return '<unknown>';
  try {
    parseTime(text);
    return ago(text, nowMs);
  } catch {
    return '<invalid>';
  }
}
