import { breach, type Breach, plain } from './breach.ts';
import { effectiveFormat } from './formats.ts';
import { isIntOrString, type Schema } from './schema.ts';

const float32Max = 3.402_823_466_385_288_6e38;

/** How a number breaks its schema: range of its type, bounds, multiples. */
export function numberBreaches(value: number, schema: Schema, path: string): readonly Breach[] {
  const found: Breach[] = [];
  const isWhole = Number.isInteger(value);
  const checked = rangeBreach(value, schema, 'Checked', path);
  if (checked) found.push(checked);
  const { multipleOf, maximum, minimum } = schema;
  if (multipleOf !== undefined) {
    const range = rangeBreach(multipleOf, schema, 'MultipleOf', path);
    if (range) found.push(range);
    const factor = isWhole && !range ? Math.trunc(multipleOf) : multipleOf;
    if (factor <= 0)
      found.push({
        ...breach('other', path, '', factor),
        text: `factor MultipleOf declared for ${path} must be positive: ${factor}`,
      });
    else if (!isMultiple(value, factor))
      found.push(breach('other', path, `should be a multiple of ${factor}`, value));
  }
  for (const [limit, exclusive, sign, word, boundary] of [
    [minimum, schema.exclusiveMinimum === true, -1, 'greater', 'Minimum'],
    [maximum, schema.exclusiveMaximum === true, 1, 'less', 'Maximum'],
  ] as const) {
    if (limit === undefined) continue;
    const range = rangeBreach(limit, schema, `${boundary} boundary`, path);
    if (range) found.push(range);
    const bound = isWhole && !range ? Math.trunc(limit) : limit;
    const over = (value - bound) * sign;
    if (over > 0 || (exclusive && over === 0))
      found.push(
        breach(
          'other',
          path,
          `should be ${word} than ${exclusive ? '' : 'or equal to '}${bound}`,
          value,
        ),
      );
  }
  return found;
}

function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

/** Whether a number fits the type and format that the schema names. */
function rangeBreach(
  value: number,
  schema: Schema,
  what: string,
  path: string,
): Breach | undefined {
  const type = isIntOrString(schema) ? '' : schema.type;
  const format = effectiveFormat(schema);
  const fits =
    type === 'integer'
      ? Number.isInteger(value) &&
        Math.abs(value) <= (format === 'int32' ? 2 ** 31 : 2 ** 63) &&
        !(format === 'int32' && value === 2 ** 31)
      : format !== 'float' || Math.abs(value) <= float32Max;
  if (fits) return undefined;
  const shown = format ? `${type} with format ${format}` : `${type} (default format)`;
  return plain(`${what} value must be of type ${shown} in ${path}`);
}
