import { goJson } from '../printers/go-json.ts';
import type { Extension } from './kubeconfig.ts';

/** What a field of a kubeconfig holds; a name is a struct of `structs`, `map:` one of such, `+` marks what is written though empty. */
export type Form = 'text' | 'bool' | 'bytes' | 'texts' | 'any' | 'extensions' | (string & {});

/** The structs of client-go's kubeconfig: fields in its order, by the names that files use. */
export const structs: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  Config: {
    kind: 'text',
    apiVersion: 'text',
    preferences: 'Preferences',
    clusters: '+map:Cluster',
    users: '+map:AuthInfo',
    contexts: '+map:Context',
    'current-context': '+text',
    extensions: 'extensions',
  },
  Preferences: { colors: 'bool', extensions: 'extensions' },
  Cluster: {
    server: '+text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'bool',
    'certificate-authority': 'text',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'text',
    'disable-compression': 'bool',
    extensions: 'extensions',
  },
  AuthInfo: {
    'client-certificate': 'text',
    'client-certificate-data': 'bytes',
    'client-key': 'text',
    'client-key-data': 'bytes',
    token: 'text',
    tokenFile: 'text',
    as: 'text',
    'as-uid': 'text',
    'as-groups': 'texts',
    'as-user-extra': 'any',
    username: 'text',
    password: 'text',
    'auth-provider': 'AuthProviderConfig',
    exec: 'ExecConfig',
    extensions: 'extensions',
  },
  Context: { cluster: '+text', user: '+text', namespace: 'text', extensions: 'extensions' },
  AuthProviderConfig: { name: '+text', config: '+any' },
  ExecConfig: {
    command: '+text',
    args: '+any',
    env: '+any',
    apiVersion: 'text',
    installHint: 'text',
    provideClusterInfo: '+bool',
    interactiveMode: 'text',
  },
};

/** What is called otherwise where `config set` names it. */
export const setNames: Readonly<Record<string, string>> = {
  'act-as': 'as',
  'act-as-uid': 'as-uid',
  'act-as-groups': 'as-groups',
  'act-as-user-extra': 'as-user-extra',
};

export const bare = (form: Form): Form => form.replace('+', '');

const empty: Readonly<Record<string, unknown>> = { text: '', bool: false };

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const inOrder = ({ name, extension }: Extension): Extension => ({
  name,
  extension: JSON.parse(goJson(extension)),
});

/** A struct with its fields in order, empty ones left out unless client-go writes them; fields that it does not know stay. */
export function ordered(struct: string, value: object): Record<string, unknown> {
  const given = value as Readonly<Record<string, unknown>>;
  const fields = structs[struct]!;
  const made: Record<string, unknown> = {};
  for (const [name, form] of Object.entries(fields)) {
    const kind = bare(form);
    const child = given[name];
    if (structs[kind] && child) {
      const inner = ordered(kind, child);
      if (kind !== 'Preferences' || !isEmpty(inner)) made[name] = inner;
    } else if (kind === 'extensions' && !isEmpty(child))
      made[name] = (child as readonly Extension[]).map(inOrder);
    else if (!isEmpty(child)) made[name] = child;
    else if (form.startsWith('+')) made[name] = empty[kind] ?? null;
  }
  for (const [name, child] of Object.entries(given)) if (!(name in fields)) made[name] = child;
  return made;
}

const entryOf: Readonly<Record<string, string>> = {
  Cluster: 'cluster',
  AuthInfo: 'user',
  Context: 'context',
};

/** What does not fit client-go's types, in the words of Go's decoder; undefined when all does. */
export function misfit(value: unknown, struct = 'Config', path = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, form] of Object.entries(structs[struct]!)) {
    const child = (value as Readonly<Record<string, unknown>>)[name];
    if (child === undefined || child === null) continue;
    const kind = bare(form);
    const [at, of] = [`${path}${name}`, kind.replace('map:', '')];
    const isMap = kind.startsWith('map:');
    const type = structs[of] ? (isMap ? `[]v1.Named${of}` : `v1.${of}`) : goTypes[kind];
    if (type && goKind(child) !== wanted(type)) return unfit(child, `${struct}.${at}`, type);
    const found = isMap
      ? misfitOf(child as readonly unknown[], of, at)
      : structs[of] && misfit(child, of, `${at}.`);
    if (found) return found;
  }
  return undefined;
}

function misfitOf(entries: readonly unknown[], struct: string, at: string): string | undefined {
  const named = `Named${struct}`;
  for (const entry of entries) {
    if (entry === null) continue;
    if (goKind(entry) !== 'object') return unfit(entry, `Config.${at}`, `v1.${named}`);
    const { name, [entryOf[struct]!]: inner } = entry as Readonly<Record<string, unknown>>;
    if (name !== undefined && typeof name !== 'string')
      return unfit(name, `${named}.${at}.name`, 'string');
    const below = `${at}.${entryOf[struct]!}`;
    if (inner !== undefined && inner !== null && goKind(inner) !== 'object')
      return unfit(inner, `${named}.${below}`, `v1.${struct}`);
    const found = misfit(inner, struct, `${below}.`);
    if (found) return found;
  }
  return undefined;
}

const goTypes: Readonly<Record<string, string>> = {
  text: 'string',
  bytes: '[]uint8',
  bool: 'bool',
  texts: '[]string',
};

const goKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

const wanted = (type: string): string =>
  type === '[]uint8'
    ? 'string'
    : type.startsWith('[]')
      ? 'array'
      : (type.includes('.') && 'object') || type;

const unfit = (value: unknown, field: string, type: string): string =>
  `json: cannot unmarshal ${goKind(value)} into Go struct field ${field} of type ${type}`;
