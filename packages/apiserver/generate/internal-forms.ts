/**
 * Writes `src/kinds/generated/internal-forms.ts`: how upstream's own (unversioned) types spell themselves as JSON, which is
 * what some of its messages show. Run with the folder of Go modules:
 * `node packages/apiserver/generate/internal-forms.ts ~/go/pkg/mod`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = process.argv[2]!;
const groups = ['core', 'apps', 'batch', 'policy', 'networking', 'autoscaling', 'flowcontrol'];
const versions: Readonly<Record<string, string>> = { autoscaling: 'v2' };
/** Types that messages show, and everything in them. */
const roots = [
  ...['core.PodSpec', 'core.PersistentVolumeClaimSpec', 'core.PersistentVolumeSource'],
  ...['core.PodTemplateSpec', 'core.ServicePort', 'core.Taint', 'core.NodeAddress', 'core.PodIP'],
  ...['core.HostIP', 'core.EphemeralContainer', 'core.LoadBalancerStatus'],
  ...['apps.DeploymentStrategy', 'apps.DaemonSetUpdateStrategy', 'apps.StatefulSetUpdateStrategy'],
  ...['policy.PodDisruptionBudgetSpec', 'networking.ParentReference', 'networking.ServiceCIDRSpec'],
  ...['autoscaling.HorizontalPodAutoscalerBehavior', 'batch.PodFailurePolicy'],
  ...['batch.SuccessPolicy', 'flowcontrol.FlowSchemaSpec'],
  'flowcontrol.PriorityLevelConfigurationSpec',
];

interface GoField {
  readonly name: string; // empty: embedded
  readonly type: string;
  readonly json: string;
}

const structs = (file: string): Map<string, readonly GoField[]> => {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const found = new Map<string, readonly GoField[]>();
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
    found.set(name!, body!.split('\n').flatMap(fieldOf));
  for (const [, name, type] of text.matchAll(/^type (\w+) ([\w.[\]]+)$/gm))
    found.set(name!, [{ name: '=', type: type!, json: '' }]);
  return found;
};

function fieldOf(line: string): readonly GoField[] {
  const code = line.replace(/\/\/.*/, '').trim();
  const match = /^(?:(\w+)\s+)?([*[\]\w.]+)(?:\s+`(.*)`)?$/.exec(code);
  if (!match) return [];
  const [, name = '', type, tags = ''] = match;
  return [{ name, type: type!, json: /json:"([^",]*)/.exec(tags)?.[1] ?? '' }];
}

const at = (...path: string[]): string => join(modules, ...path);
const internal = new Map(
  groups.map((group) => [
    group,
    structs(at('k8s.io/kubernetes@v1.36.2/pkg/apis', group, 'types.go')),
  ]),
);
const versioned = new Map(
  groups.map((group) => [
    group,
    structs(at('k8s.io/api@v0.36.2', group, versions[group] ?? 'v1', 'types.go')),
  ]),
);

const simple: Readonly<Record<string, string>> = {
  ...{ string: 's', bool: 'b', int: 'n', int32: 'n', int64: 'n', byte: 'n' },
  ...{ 'resource.Quantity': 'q', 'intstr.IntOrString': 'n', 'types.UID': 's' },
  ...{ 'metav1.Time': 'p', 'metav1.ObjectMeta': 'j', 'metav1.LabelSelector': 'j' },
};
const forms: Record<string, (readonly [string, string, string])[]> = {};

/** The code of a Go type: what stands where nothing is set, and what is inside. */
function codeOf(group: string, type: string): string {
  if (type.startsWith('*')) return pointed(group, type.slice(1), '*');
  if (type.startsWith('[]')) return pointed(group, type.slice(2), '[');
  if (type.startsWith('map[')) return 'p';
  if (simple[type] !== undefined) return simple[type];
  const [inGroup, name] = type.includes('.') ? type.split('.') : [group, type];
  const owner = inGroup === 'api' ? 'core' : inGroup!;
  const fields = internal.get(owner)?.get(name!);
  if (!fields) return 'p';
  if (fields[0]?.name === '=') return codeOf(owner, fields[0].type);
  add(owner, name!);
  return `${owner}.${name}`;
}

function pointed(group: string, type: string, mark: string): string {
  const code = codeOf(group, type);
  return code.includes('.') || code.startsWith('[') ? `${mark}${code}` : 'p';
}

function add(group: string, name: string): void {
  const key = `${group}.${name}`;
  if (forms[key]) return;
  const rows: (readonly [string, string, string])[] = [];
  forms[key] = rows;
  for (const field of fieldsOf(group, name))
    rows.push([field.name, jsonNameOf(group, name, field.name), codeOf(field.group, field.type)]);
}

function fieldsOf(group: string, name: string): readonly (GoField & { readonly group: string })[] {
  return (internal.get(group)?.get(name) ?? []).flatMap((field) => {
    if (field.name) return [{ ...field, group }];
    if (field.type.startsWith('metav1.')) return [{ ...field, name: field.type.slice(7), group }];
    return fieldsOf(group, field.type);
  });
}

function jsonNameOf(group: string, type: string, field: string): string {
  const own = (name: string): string | undefined =>
    versioned
      .get(group)
      ?.get(name)
      ?.flatMap((each) => (each.name ? [each] : (versioned.get(group)?.get(each.type) ?? [])))
      .find((each) => each.name === field)?.json;
  const metadata = field === 'ObjectMeta' ? 'metadata' : undefined;
  return own(type) ?? metadata ?? field.charAt(0).toLowerCase() + field.slice(1);
}

for (const root of roots) codeOf('core', root);
const lines = Object.entries(forms)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([key, rows]) => {
    const text = rows.map((row) => row.join(' ')).join(',');
    return `  '${key}': '${text}',`;
  });
writeFileSync(
  new URL('../src/kinds/generated/internal-forms.ts', import.meta.url),
  `/**
 * Made by generate/internal-forms.ts: of upstream's own types each field's name, its JSON name and its code: s n b q p j for
 * what stands where nothing is set ("" 0 false "0" null, or as it is), else the type inside, after * or [ if it may be absent.
 */
export const internalForms: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
);
