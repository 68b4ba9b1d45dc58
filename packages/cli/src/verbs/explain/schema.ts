/** A kind by its three names, as schemas carry it. */
export interface GroupKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What is read of a schema of OpenAPI, of both versions. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly externalDocs?: { readonly description?: string; readonly url?: string };
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupKind[];
}

/** Schemas by their names, and operations by their paths. */
export interface Document {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly paths?: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly 'x-kubernetes-group-version-kind'?: GroupKind }>>
    >
  >;
}

const prefixes = /^#\/(components\/schemas|definitions)\//;

/** The schema that a reference names. */
export const referred = (
  { schemas }: Document,
  reference: string | undefined,
): Schema | undefined => (reference ? schemas[reference.replace(prefixes, '')] : undefined);

/** The schema of the values of a map. */
export const valuesOf = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** Properties by name. */
export const propertiesOf = (schema: Schema): readonly (readonly [name: string, Schema])[] =>
  Object.entries(schema.properties ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The schema of a kind. */
export const schemaOf = ({ schemas }: Document, wanted: GroupKind): Schema | undefined =>
  Object.values(schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(
      ({ group, version, kind }) =>
        (group ?? '') === (wanted.group ?? '') &&
        version === wanted.version &&
        kind === wanted.kind,
    ),
  );
