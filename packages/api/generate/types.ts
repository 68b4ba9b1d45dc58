/**
 * Writes `src/generated/`: TypeScript types of every built-in API type, and one constant per served
 * resource, from the schema table (`src/schema/table.json`) and the resource list beside this file.
 * Run: `node packages/api/generate/types.ts`.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

type FieldRow = readonly [
  json: string,
  type: string,
  proto: number,
  wire: string,
  flags: string,
  extra?: object,
];
type TypeRow =
  | { readonly k: 'struct'; readonly f: readonly FieldRow[]; readonly kind?: 1 }
  | { readonly k: 'alias'; readonly t: string; readonly e?: readonly string[] }
  | { readonly k: 'proto' };
interface ResourceRow {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly constant: string;
}

const here = new URL('.', import.meta.url);
const table = JSON.parse(readFileSync(new URL('../src/schema/table.json', here), 'utf8')) as {
  gv: Record<string, { pkg: string }>;
  types: Record<string, Record<string, TypeRow>>;
};
const resources = JSON.parse(
  readFileSync(new URL('resources.json', here), 'utf8'),
) as readonly ResourceRow[];

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  bytes: 'string', // base64
  int: 'number',
  int32: 'number',
  int64: 'number',
  uint32: 'number',
  uint64: 'number',
  uint8: 'number',
  float64: 'number',
};
/** Types whose JSON form is not that of their struct. */
const special: Readonly<Record<string, string>> = {
  'meta.Time': 'string',
  'meta.MicroTime': 'string',
  'meta.Duration': 'string',
  'meta.FieldsV1': 'Readonly<Record<string, unknown>>',
  'resource.Quantity': 'string',
  'intstr.IntOrString': 'number | string',
  'meta.WatchEvent': '{ readonly type: string; readonly object: unknown }',
  'runtime.RawExtension': 'unknown',
  'apiextensions/v1.JSON': 'unknown',
  'apiextensions/v1.JSONSchemaPropsOrArray': 'JSONSchemaProps | readonly JSONSchemaProps[]',
  'apiextensions/v1.JSONSchemaPropsOrBool': 'JSONSchemaProps | boolean',
  'apiextensions/v1.JSONSchemaPropsOrStringArray': 'JSONSchemaProps | readonly string[]',
};

const fileOf = (pkg: string): string => pkg.replaceAll('/', '-');
const aliasOf = (pkg: string): string => pkg.replaceAll(/[/.](\w)/g, (_, c: string) => c);

function typeText(ref: string, pkg: string, imports: Set<string>): string {
  if (ref.startsWith('[]')) return `readonly ${wrap(typeText(ref.slice(2), pkg, imports))}[]`;
  const map = /^\{[^}]*\}/.exec(ref); // keys are strings, whatever Go calls them
  if (map) return `Readonly<Record<string, ${typeText(ref.slice(map[0].length), pkg, imports)}>>`;
  if (scalars[ref]) return scalars[ref];
  const dot = ref.lastIndexOf('.');
  const owner = dot < 0 ? pkg : ref.slice(0, dot);
  const name = dot < 0 ? ref : ref.slice(dot + 1);
  if (!table.types[owner]?.[name]) return 'unknown';
  if (owner === pkg) return name;
  imports.add(owner);
  return `${aliasOf(owner)}.${name}`;
}
const wrap = (text: string): string => (/[ |]/.test(text) ? `(${text})` : text);

function structText(
  name: string,
  row: TypeRow & { k: 'struct' },
  pkg: string,
  imports: Set<string>,
): string {
  const bases: string[] = [];
  const lines: string[] = [];
  const isKind = row.kind === 1 || resources.some((resource) => resource.kind === name);
  const isList = row.f.some(([json, type]) => json === 'metadata' && type.endsWith('ListMeta'));
  for (const [json, type, , , flags] of row.f) {
    if (flags.includes('i')) {
      if (type.endsWith('TypeMeta')) {
        if (isKind || isList || json === '')
          lines.push(
            '  readonly apiVersion?: string | undefined;',
            '  readonly kind?: string | undefined;',
          );
      } else bases.push(typeText(type, pkg, imports));
      continue;
    }
    let text = typeText(type, pkg, imports);
    let required = flags.includes('R') || !/[oOz]/.test(flags);
    if (isKind && json === 'metadata') required = true;
    else if (type === 'meta.ObjectMeta' || type === 'ObjectMeta') text = `Partial<${text}>`;
    if (isKind && json === 'spec' && !flags.includes('p')) required = true;
    if (isKind && json === 'status') required = false;
    if (pkg === 'meta' && name === 'ObjectMeta' && json === 'name') required = true;
    const key = /^\w+$/.test(json) ? json : `'${json}'`;
    lines.push(`  readonly ${key}${required ? `: ${text}` : `?: ${text} | undefined`};`);
  }
  const heritage = bases.length ? ` extends ${bases.join(', ')}` : '';
  return `export interface ${name}${heritage} {\n${lines.join('\n')}\n}\n`;
}

function packageText(pkg: string): string {
  const imports = new Set<string>();
  const bodies = Object.entries(table.types[pkg]!).map(([name, row]) => {
    const own = special[`${pkg}.${name}`];
    if (own) return `export type ${name} = ${own};\n`;
    if (row.k === 'struct') return structText(name, row, pkg, imports);
    assert(row.k === 'alias', `${pkg}.${name} has a form of its own and is not listed as special`);
    return `export type ${name} = ${typeText(row.t, pkg, imports)};\n`;
  });
  const head = [...imports]
    .toSorted()
    .map((owner) => `import type * as ${aliasOf(owner)} from './${fileOf(owner)}.ts';\n`);
  return `// Generated by generate/types.ts. Do not edit.\n${head.join('')}\n${bodies.join('\n')}`;
}

function resourcesText(): string {
  const pkgs = new Map<string, string>();
  const rows = resources.map(({ constant, ...row }) => {
    const pkg = table.gv[row.group ? `${row.group}/${row.version}` : row.version]!.pkg;
    const owner = row.kind === 'Scale' ? 'autoscaling/v1' : pkg;
    pkgs.set(owner, aliasOf(owner));
    const fields = Object.entries(row).map(
      ([key, value]) => `  ${key}: ${typeof value === 'string' ? `'${value}'` : value},\n`,
    );
    return `export const ${constant}: Resource<${aliasOf(owner)}.${row.kind}> = {\n${fields.join('')}};\n`;
  });
  const head = [...pkgs]
    .toSorted()
    .map(([pkg, alias]) => `import type * as ${alias} from './${fileOf(pkg)}.ts';\n`);
  return `// Generated by generate/types.ts. Do not edit.\nimport type { Resource } from '../resource.ts';\n${head.join('')}\n${rows.join('\n')}`;
}

/** One row a gate; a gate that several components have stands once, since they agree on it. */
function featureGatesText(): string {
  const [, ...lines] = readFileSync(new URL('feature-gates.tsv', here), 'utf8').trim().split('\n');
  const rows = new Map<string, string>();
  for (const line of lines) {
    const [, gate, isOn, stage, isLocked] = line.split('\t');
    const fields = `isOn: ${isOn === 'true'}, isLocked: ${isLocked === 'true'}, stage: '${stage}'`;
    rows.set(gate!, `  ${gate}: { ${fields} },\n`);
  }
  const type = '{ readonly isOn: boolean; readonly isLocked: boolean; readonly stage: string }';
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `// Generated by generate/types.ts. Do not edit.\nexport const gates: Readonly<Record<string, ${type}>> = {\n${sorted.join('')}};\n`;
}

const out = new URL('../src/generated/', here);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const pkg of Object.keys(table.types))
  writeFileSync(new URL(`${fileOf(pkg)}.ts`, out), packageText(pkg));
writeFileSync(new URL('resources.ts', out), resourcesText());
writeFileSync(new URL('feature-gates.ts', out), featureGatesText());
