import type {
  AnyNode,
  Field,
  ScalarForm,
  ScalarNode,
  SchemaNode,
  StructNode,
  WireField,
} from './node.ts';
import { typeRow } from './table.ts';
import type { FieldRow, TypeRow } from './table.ts';

const nodes = new Map<string, SchemaNode>();

const primitives: Readonly<Record<string, readonly [ScalarForm, goType: string]>> = {
  string: ['string', 'string'],
  bool: ['boolean', 'bool'],
  bytes: ['bytes', '[]uint8'],
  int32: ['int32', 'int32'],
  int64: ['int64', 'int64'],
  int: ['int64', 'int'],
  float64: ['float64', 'float64'],
};

/** Types that write themselves, other than Go's reflection would. */
const ownForms: Readonly<Record<string, ScalarForm>> = {
  'meta.Time': 'time',
  'meta.MicroTime': 'microTime',
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
};
const anyForms: Readonly<Record<string, AnyNode['form']>> = {
  'meta.FieldsV1': 'fields',
  'runtime.RawExtension': 'raw',
  'apiextensions/v1.JSON': 'json',
  'meta.interface{}': 'value',
};
const eitherForms: Readonly<Record<string, string>> = {
  'apiextensions/v1.JSONSchemaPropsOrArray': '[]JSONSchemaProps',
  'apiextensions/v1.JSONSchemaPropsOrBool': 'bool',
  'apiextensions/v1.JSONSchemaPropsOrStringArray': '[]string',
};
/** Markers whose default is written as a Go constant. */
const constants: Readonly<Record<string, string>> = {
  'ref(AzureDataDiskCachingReadWrite)': 'ReadWrite',
  'ref(AzureSharedBlobDisk)': 'Shared',
};

const goPackage = (pkg: string): string =>
  pkg === 'meta' ? 'v1' : pkg.slice(pkg.lastIndexOf('/') + 1);

/** The node of a type reference as the table writes it in package `pkg`. Nodes are made once, on first use. */
export function resolve(ref: string, pkg: string): SchemaNode {
  const key = `${pkg} ${ref}`;
  let node = nodes.get(key);
  if (node === undefined) nodes.set(key, (node = build(ref, pkg)));
  return node;
}

function build(ref: string, pkg: string): SchemaNode {
  if (ref.startsWith('[]')) {
    const item = resolve(ref.slice(2), pkg);
    return { kind: 'list', goType: `[]${goTypeOf(item)}`, item, wrapped: false };
  }
  if (ref.startsWith('{')) {
    const end = ref.indexOf('}');
    const keyType = end === 1 ? 'string' : goTypeOf(resolve(ref.slice(1, end), pkg));
    const value = resolve(ref.slice(end + 1), pkg);
    return { kind: 'map', goType: `map[${keyType}]${goTypeOf(value)}`, value };
  }
  const primitive = primitives[ref];
  if (primitive) return { kind: 'scalar', form: primitive[0], goType: primitive[1] };
  const dot = ref.lastIndexOf('.');
  return dot < 0 ? named(pkg, ref) : resolve(ref.slice(dot + 1), ref.slice(0, dot));
}

const goTypeOf = (node: SchemaNode): string => node.goType;

function named(pkg: string, name: string): SchemaNode {
  const id = `${pkg}.${name}`;
  const goType = `${goPackage(pkg)}.${name}`;
  if (ownForms[id]) return { kind: 'scalar', form: ownForms[id], goType };
  if (anyForms[id]) return { kind: 'any', form: anyForms[id], goType };
  if (eitherForms[id]) {
    const object = resolve('JSONSchemaProps', pkg) as StructNode;
    return { kind: 'either', goType, object, other: resolve(eitherForms[id], pkg) };
  }
  const row = (id === 'meta.WatchEvent' ? watchEvent : typeRow(pkg, name)) ?? empty;
  if (row.k === 'struct') return struct(pkg, name, row);
  if (row.k === 'proto') throw new Error(`${id} has only a hand-written form`);
  const target = resolve(row.t, pkg);
  if (target.kind === 'scalar')
    return { ...target, goType, ...(row.enum && { values: row.e }) } satisfies ScalarNode;
  if (target.kind === 'struct' || target.kind === 'either' || target.kind === 'any') return target;
  return target.kind === 'list'
    ? { ...target, goType, wrapped: row.pb !== undefined }
    : { ...target, goType };
}

/** The frame of a watch; the table knows only its hand-written protobuf form. */
const watchEvent: TypeRow = {
  k: 'struct',
  f: [
    ['type', 'string', 1, 'b', ''],
    ['object', 'runtime.RawExtension', 2, 'b', ''],
  ],
};

/** The table leaves out structs without fields (`CustomResourceSubresourceStatus`). */
const empty: TypeRow = { k: 'struct', f: [] };

interface Layout {
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  readonly wire: readonly WireField[];
}

function struct(pkg: string, name: string, row: TypeRow & { readonly k: 'struct' }): StructNode {
  let known: Layout | undefined;
  const layout = (): Layout => (known ??= layOut(pkg, row.f));
  return {
    kind: 'struct',
    package: pkg,
    name,
    goType: `${goPackage(pkg)}.${name}`,
    atomic: row.st === 'atomic',
    isObject: row.f.some(([json, type]) => json === '' && type.endsWith('TypeMeta')),
    get fields() {
      return layout().fields;
    },
    get byName() {
      return layout().byName;
    },
    get wire() {
      return layout().wire;
    },
  };
}

function layOut(pkg: string, rows: readonly FieldRow[]): Layout {
  const fields: Field[] = [];
  const wire: WireField[] = [];
  for (const row of rows) {
    const [, type, number, , flags] = row;
    const at = fields.length;
    if (flags.includes('i')) {
      const embedded = resolve(type, pkg) as StructNode;
      for (const field of embedded.fields) fields.push({ ...field, at: fields.length });
      if (number > 0) wire.push({ number, at, embedded });
    } else {
      const field = fieldOf(row, pkg, at);
      fields.push(field);
      wire.push({ number, at, field });
    }
  }
  const byName = new Map(fields.map((field) => [field.name, field]));
  return { fields, byName, wire: wire.toSorted((a, b) => a.number - b.number) };
}

function fieldOf([name, type, , , flags, markers]: FieldRow, pkg: string, at: number): Field {
  const fixed = markers?.d as { readonly ref: string } | undefined;
  return {
    name,
    node: resolve(type, pkg),
    at,
    pointer: flags.includes('p'),
    omitEmpty: flags.includes('o'),
    omitZero: flags.includes('z'),
    required: flags.includes('R') || !/[oOz]/.test(flags),
    mergeKey: markers?.mk,
    patchStrategy: markers?.ps,
    listType: markers?.lt,
    listKeys: markers?.lk,
    mapType: markers?.mt,
    structType: markers?.st,
    default: typeof fixed === 'object' ? constants[fixed.ref] : markers?.d,
    discriminator: markers?.ud === 1,
  };
}
