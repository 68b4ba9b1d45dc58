import { coerceEmbedded, validateEmbedded } from '../../crd/schema/metadata.ts';
import { prune } from '../../crd/schema/prune.ts';
import {
  child,
  isEmbedded,
  isRecord,
  itemsOf,
  keyed,
  metaFields,
  properties,
  type Schema,
  schemasIn,
} from '../../crd/schema/schema.ts';
import { validate } from '../../crd/schema/validate.ts';
import { fieldErrorText } from '@coxswain/api';
import { invalidValue, type Rules } from '../rules/field.ts';
import { defaultBreaks } from './expression-rules.ts';

/** Defaults are good values of their schemas, and hold nothing that these do not know. */
export function* defaultRules(schema: Schema, path: string, mustBePruned: boolean): Rules {
  yield* nodeDefaults(
    { ...schema, 'x-kubernetes-embedded-resource': true },
    path,
    mustBePruned,
    undefined,
  );
}

/** Puts a value of metadata where it stands in a resource. */
type Surround = (value: unknown) => Record<string, unknown>;

const resource = { apiVersion: 'validation/v1', kind: 'Validation' };

function* nodeDefaults(
  schema: Schema,
  path: string,
  mustBePruned: boolean,
  around: Surround | undefined,
): Rules {
  const value = structuredClone(schema.default);
  if (value !== undefined && value !== null) {
    const at = child(path, 'default');
    if (around) yield* metaDefault(value, schema, at, around);
    else yield* plainDefault(value, schema, at, mustBePruned);
  }
  const items = itemsOf(schema);
  if (items)
    yield* nodeDefaults(
      items,
      child(path, 'items'),
      mustBePruned,
      around && ((each) => around([each])),
    );
  for (const [name, property] of properties(schema)) {
    const outer: Surround | undefined =
      isEmbedded(schema) && !around
        ? metaFields.has(name)
          ? (each) => ({ ...resource, ...(each as object) })
          : undefined
        : around;
    yield* nodeDefaults(
      property,
      keyed(child(path, 'properties'), name),
      mustBePruned,
      outer && ((each) => outer({ [name]: each })),
    );
  }
}

function* metaDefault(value: unknown, schema: Schema, at: string, around: Surround): Rules {
  const root: Schema = { 'x-kubernetes-embedded-resource': true };
  const object = around(value);
  const wrong = [...coerceEmbedded(object, root, 'refuse', []), ...validateEmbedded(object, root)];
  if (wrong.length > 0)
    yield invalidValue(at, value, `must result in valid metadata: ${fieldErrorText(wrong[0]!)}`);
  else yield* validate(value, schema, undefined, at);
}

function* plainDefault(value: unknown, schema: Schema, at: string, mustBePruned: boolean): Rules {
  if (mustBePruned && isUnpruned(schema))
    yield invalidValue(at, schema.default, 'must not have unknown fields');
  const wrong = [...coerceEmbedded(value, schema, 'refuse', [], at)];
  yield* wrong;
  if (wrong.length > 0) return;
  const embedded = [...validateEmbedded(value, schema, at)];
  yield* embedded;
  if (embedded.length > 0) return;
  const errors = validate(value, schema, undefined, at);
  yield* errors;
  if (errors.length === 0) yield* defaultBreaks(schema, value, at);
}

/** Whether the default holds what its schema does not know. */
function isUnpruned(schema: Schema): boolean {
  const value: unknown = structuredClone(schema.default);
  const wrapped: Schema = { properties: { value: schema } };
  return isRecord(value) || Array.isArray(value)
    ? prune({ value }, wrapped, false).length > 0
    : false;
}

export const hasUnprunedDefaults = (schema: Schema): boolean =>
  [...schemasIn(schema)].some(isUnpruned);
