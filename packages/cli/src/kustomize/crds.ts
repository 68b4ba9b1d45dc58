import {
  type FieldSpec,
  type FieldSpecs,
  mergeFieldSpecs,
  mergeOne,
  noFieldSpecs,
} from './field-specs.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema & Readonly<Record<string, unknown>>>>;
}
type Definitions = Readonly<Record<string, { readonly Schema?: Schema; readonly schema?: Schema }>>;

/** Where the objects of OpenAPI definitions hold labels, annotations and names, by their extensions. */
export function crdFieldSpecs(value: unknown): FieldSpecs {
  const definitions = (value ?? {}) as Definitions;
  let all = noFieldSpecs;
  for (const name of Object.keys(definitions)) {
    const properties = propertiesOf(definitions, name);
    if (!properties['kind'] || !properties['apiVersion'] || !properties['metadata']) continue;
    const kind = name.split('.').at(-1)!;
    all = mergeFieldSpecs(all, below(definitions, name, kind, [], noFieldSpecs));
  }
  return all;
}

const propertiesOf = (definitions: Definitions, name: string): NonNullable<Schema['properties']> =>
  (definitions[name]?.Schema ?? definitions[name]?.schema)?.properties ?? {};

function below(
  definitions: Definitions,
  name: string,
  kind: string,
  path: readonly string[],
  given: FieldSpecs,
): FieldSpecs {
  let specs = given;
  for (const [field, property] of Object.entries(propertiesOf(definitions, name))) {
    const at = [...path, field];
    const spec = (parts: readonly string[]): FieldSpec => ({
      ...{ group: '', version: '', kind, path: parts.join('/'), create: false },
    });
    const text = (extension: string): string | undefined => {
      const found = property[`x-kubernetes-${extension}`];
      return typeof found === 'string' ? found : undefined;
    };
    const add = (list: 'commonAnnotations' | 'commonLabels' | 'namePrefix'): void => {
      specs = { ...specs, [list]: mergeOne(specs[list], spec(at)) };
    };
    if (text('annotation') !== undefined) add('commonAnnotations');
    if (text('label-selector') !== undefined) add('commonLabels');
    if (text('identity') !== undefined) add('namePrefix');
    const version = text('object-ref-api-version');
    const target = text('object-ref-kind');
    if (version !== undefined && target !== undefined)
      specs = mergeFieldSpecs(specs, {
        ...noFieldSpecs,
        nameReference: [
          {
            ...{ group: '', version, kind: target },
            fieldSpecs: [spec([...at, text('object-ref-name-key') ?? 'name'])],
          },
        ],
      });
    if (property.$ref) specs = below(definitions, property.$ref, kind, at, specs);
  }
  return specs;
}
