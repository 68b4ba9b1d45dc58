import { type Command, command } from '../../command/command.ts';
import { bool, boolOf } from '../../command/flags.ts';
import { type Draft, editKubeconfig } from '../../config/edit-kubeconfig.ts';
import { bare, setNames, structs } from '../../config/kubeconfig-form.ts';
import { exactly, placeOf } from './place.ts';

/** `kubectl config set`. */
export const set: Command = command({
  name: 'set',
  usage: 'set PROPERTY_NAME PROPERTY_VALUE',
  summary: 'Set one value of the kubeconfig',
  details:
    'PROPERTY_NAME is a path of field names and names of entries, with dots between. Values of -data fields are base64.',
  examples: `  config set clusters.work.server https://10.0.0.1:6443
  config set contexts.work.namespace web`,
  flags: {
    'set-raw-bytes': bool(false, 'Take the value of a -data field as it is, not as base64'),
  },
  complete({ args, flags }) {
    exactly(2, args);
    const [path, value] = args as readonly [string, string];
    if (value === '') throw new Error('you cannot use set to unset a property');
    if (path === '') throw new Error('you must specify a property');
    return { path, value, isRaw: flags['set-raw-bytes'] };
  },
  run: async ({ path, value, isRaw }, session) => {
    editKubeconfig(placeOf(session), (draft) => put(draft, path, { value, isRaw }), {
      relativize: false,
    });
    session.io.out(`Property ${JSON.stringify(path)} set.\n`);
  },
});

/** `kubectl config unset`. */
export const unset: Command = command({
  name: 'unset',
  usage: 'unset PROPERTY_NAME',
  summary: 'Clear one value of the kubeconfig',
  details: 'PROPERTY_NAME is a path of field names and names of entries, with dots between.',
  examples: `  config unset current-context
  config unset contexts.work.namespace`,
  flags: {},
  complete({ args }) {
    exactly(1, args);
    if (args[0] === '') throw new Error('you must specify a property');
    return args[0]!;
  },
  run: async (path, session) => {
    editKubeconfig(placeOf(session), (draft) => put(draft, path, undefined), { relativize: false });
    session.io.out(`Property ${JSON.stringify(path)} unset.\n`);
  },
});

interface Value {
  readonly value: string;
  readonly isRaw: boolean;
}

interface Path {
  readonly section: string;
  /** The name of the entry, where the section has such. */
  readonly name?: string;
  readonly field?: string;
}

/** Takes `clusters.a.b.server` apart: the name of an entry goes up to the first word that is a field of it. */
function pathOf(path: string): Path {
  const [section = '', ...rest] = path.split('.');
  const form = bare(structs['Config']![section] ?? '');
  if (form === '') throw new Error(`unable to parse ${path} after [] at api.Config`);
  if (rest.length === 0) return { section };
  const tooDeep = new Error(`unable to parse one or more field values of ${path}`);
  if (form === 'Preferences') {
    const [field = '', ...more] = rest;
    if (!structs[form]![field])
      throw new Error(
        `unable to parse ${path} after [{preferences api.Preferences}] at api.Preferences`,
      );
    if (more.length > 0) throw tooDeep;
    return { section, field };
  }
  if (!form.startsWith('map:')) throw tooDeep;
  const fields = fieldsOf(form);
  const at = rest.findIndex((word, index) => index > 0 && fields.has(word));
  if (at < 0) return { section, name: rest.join('.') };
  if (rest.length > at + 1) throw tooDeep;
  return { section, name: rest.slice(0, at).join('.'), field: rest[at]! };
}

/** Field names as `config set` knows them: those of impersonation are called otherwise there. */
function fieldsOf(form: string): ReadonlyMap<string, string> {
  const own = Object.keys(structs[form.slice('map:'.length)]!);
  const renamed = Object.entries(setNames).filter(([, name]) => own.includes(name));
  const hidden = new Set(renamed.map(([, name]) => name));
  return new Map([...own.filter((x) => !hidden.has(x)).map((x) => [x, x] as const), ...renamed]);
}

function put(draft: Draft, path: string, given: Value | undefined): void {
  const { section, name, field } = pathOf(path);
  const form = bare(structs['Config']![section]!);
  if (form === 'text') {
    if (section === 'current-context') draft.currentContext = given?.value ?? '';
    return;
  }
  if (form === 'Preferences') {
    if (!field && given) throw new Error('unable to locate path under preferences');
    if (!field) for (const key of Object.keys(draft.preferences)) delete draft.preferences[key];
    else draft.preferences[field] = valueFor(structs[form]![field]!, given);
    return;
  }
  if (!form.startsWith('map:'))
    throw new Error(`unable to parse one or more field values of ${path}`);
  const entries = draft[section as 'clusters'] as Map<string, object>;
  if (!field || name === undefined) {
    if (given)
      throw new Error(
        `can't set a map to a value: map[${[...entries.keys()].toSorted().join(' ')}]`,
      );
    if (name === undefined) entries.clear();
    else entries.delete(name);
    return;
  }
  const entry = entries.get(name);
  if (!entry && !given) throw new Error(`current map key \`${name}\` is invalid`);
  const own = fieldsOf(form).get(field)!;
  const kind = structs[form.slice('map:'.length)]![own]!;
  entries.set(name, { ...entry, [own]: valueFor(kind, given) });
}

function valueFor(form: string, given: Value | undefined): unknown {
  if (!given) return undefined;
  switch (bare(form)) {
    case 'text':
      return given.value;
    case 'bool':
      return boolOf(given.value);
    case 'bytes':
      return given.isRaw ? Buffer.from(given.value).toString('base64') : base64(given.value);
    case 'texts':
      throw new Error('unrecognized slice type. string');
    default:
      throw new Error("can't set a map to a value: map[]");
  }
}

function base64(text: string): string {
  const bad = /[^A-Za-z\d+/=\r\n]/.exec(text)?.index;
  const length = text.replaceAll(/[\r\n]/g, '').length;
  if (bad !== undefined || length % 4 !== 0)
    throw new Error(
      `error decoding input value: illegal base64 data at input byte ${bad ?? length - (length % 4)}`,
    );
  return text.replaceAll(/[\r\n]/g, '');
}
