import {
  ClusterRoleBindings,
  ClusterRoles,
  type Resource,
  RoleBindings,
  Roles,
  type UserInfo,
} from '@coxswain/api';
import type {
  ClusterRoleBinding,
  PolicyRule,
  RoleBinding,
  RoleRef,
  Subject,
} from '@coxswain/api/types/rbac-v1';
import type { Objects } from './objects.ts';

/** One binding as it applies to one user. */
export interface Grant {
  readonly rules: readonly PolicyRule[];
  /** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`, as upstream's reasons spell it. */
  readonly source: string;
}

/** Everything that is granted to one user in one namespace ('' = cluster-wide only). */
export interface Grants {
  readonly grants: readonly Grant[];
  /** The rules that name `verb` or `*`, with their source, in the order of the grants. */
  readonly byVerb: (
    verb: string,
  ) => readonly { readonly rule: PolicyRule; readonly source: string }[];
  /** Roles that bindings name and that do not exist. */
  readonly errors: readonly string[];
}

type Binding = ClusterRoleBinding | RoleBinding;

/** Users and namespaces whose grants are kept compiled at once; the oldest go first. */
const compiledMax = 4096;
const noBindings: ReadonlyMap<string, Binding> = new Map();

/**
 * Which rules apply to whom, kept up to date from the caches. Bindings are found by subject, never by scanning; what applies to
 * a user is compiled once and kept until any role or binding changes.
 */
export class RbacIndex {
  readonly #objects: Objects;
  readonly #follows: readonly Disposable[];
  /** `namespace|subject` -> binding name -> binding; namespace '' holds ClusterRoleBindings. */
  readonly #bySubject = new Map<string, Map<string, Binding>>();
  readonly #compiled = new Map<string, Grants>();

  constructor(objects: Objects) {
    this.#objects = objects;
    const forget = (): void => this.#compiled.clear();
    const rebind = (now: Binding | undefined, before: Binding | undefined): void => {
      if (before) this.#unlink(before);
      if (now) this.#link(now);
      forget();
    };
    this.#follows = [
      objects.follow(Roles, forget),
      objects.follow(ClusterRoles, forget),
      objects.follow(RoleBindings, rebind),
      objects.follow(ClusterRoleBindings, rebind),
    ];
  }

  /** What applies to `user` in `namespace`: cluster-wide grants first, then the namespace's own. */
  grantsFor(user: UserInfo, namespace: string): Grants {
    const key = `${namespace}\n${user.name}\n${user.groups.join('\n')}`;
    const kept = this.#compiled.get(key);
    if (kept) return kept;
    const grants = this.#compile(user, namespace);
    if (this.#compiled.size >= compiledMax)
      this.#compiled.delete(this.#compiled.keys().next().value!);
    this.#compiled.set(key, grants);
    return grants;
  }

  /** The rules of the role that `ref` names; the words of upstream's error when there is none. */
  rulesOf(
    ref: RoleRef,
    namespace: string,
  ): readonly PolicyRule[] | { readonly missing: string; readonly resource: Resource } {
    if (ref.kind === 'ClusterRole') {
      const role = this.#objects.get(ClusterRoles, ref.name);
      return role ? (role.rules ?? []) : absent(ClusterRoles, ref.name);
    }
    const role = this.#objects.get(Roles, ref.name, namespace);
    return role ? (role.rules ?? []) : absent(Roles, ref.name);
  }

  [Symbol.dispose](): void {
    for (const follow of this.#follows) follow[Symbol.dispose]();
  }

  #compile(user: UserInfo, namespace: string): Grants {
    const grants: Grant[] = [];
    const errors: string[] = [];
    for (const scope of namespace ? ['', namespace] : [''])
      for (const binding of this.#bindingsOf(user, scope)) {
        const rules = this.rulesOf(binding.roleRef, scope);
        if ('missing' in rules) errors.push(rules.missing);
        else grants.push({ rules, source: describe(binding, user) });
      }
    return { grants, errors, byVerb: verbTable(grants) };
  }

  /** The bindings of `scope` that name the user or one of its groups, by name. */
  #bindingsOf(user: UserInfo, scope: string): readonly Binding[] {
    const found = new Map<string, Binding>();
    for (const key of subjectsOf(user))
      for (const [name, binding] of this.#bySubject.get(`${scope}|${key}`) ?? noBindings)
        found.set(name, binding);
    return [...found.values()].toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  #link(binding: Binding): void {
    for (const key of keysOf(binding))
      this.#bySubject.getOrInsertComputed(key, () => new Map()).set(binding.metadata.name, binding);
  }

  #unlink(binding: Binding): void {
    for (const key of keysOf(binding)) {
      const bindings = this.#bySubject.get(key);
      bindings?.delete(binding.metadata.name);
      if (bindings?.size === 0) this.#bySubject.delete(key);
    }
  }
}

function verbTable(grants: readonly Grant[]): Grants['byVerb'] {
  const table = new Map<string, ReturnType<Grants['byVerb']>>();
  return (verb) =>
    table.getOrInsertComputed(verb, () =>
      grants.flatMap(({ rules, source }) =>
        rules
          .filter((rule) => rule.verbs.includes(verb) || rule.verbs.includes('*'))
          .map((rule) => ({ rule, source })),
      ),
    );
}

const serviceAccountPrefix = 'system:serviceaccount:';

/** How the subjects that mean this user are written in the index. */
const subjectsOf = (user: UserInfo): readonly string[] => [
  `User|${user.name}`,
  ...user.groups.map((group) => `Group|${group}`),
];

const keysOf = (binding: Binding): readonly string[] => {
  const scope = binding.metadata.namespace ?? '';
  return (binding.subjects ?? []).flatMap((subject) => {
    const key = subjectKey(subject, scope);
    return key === undefined ? [] : [`${scope}|${key}`];
  });
};

/** A ServiceAccount subject is the user of that name; without a namespace it means the binding's, and nobody cluster-wide. */
function subjectKey(subject: Subject, scope: string): string | undefined {
  if (subject.kind === 'User' || subject.kind === 'Group') return `${subject.kind}|${subject.name}`;
  const namespace = subject.namespace || scope;
  if (subject.kind !== 'ServiceAccount' || !namespace) return undefined;
  return `User|${serviceAccountPrefix}${namespace}:${subject.name}`;
}

function describe(binding: Binding, user: UserInfo): string {
  const { name, namespace } = binding.metadata;
  const mine = new Set(subjectsOf(user));
  const subject = binding.subjects!.find((one) =>
    mine.has(subjectKey(one, namespace ?? '') ?? ''),
  )!;
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding';
  const role = `${binding.roleRef.kind} "${binding.roleRef.name}"`;
  const who =
    subject.kind === 'ServiceAccount'
      ? `${subject.name}/${subject.namespace || (namespace ?? '')}`
      : subject.name;
  return `${kind} "${namespace ? `${name}/${namespace}` : name}" of ${role} to ${subject.kind} "${who}"`;
}

const absent = (resource: Resource, name: string): { missing: string; resource: Resource } => ({
  missing: `${resource.resource.slice(0, -1)}.${resource.group} "${name}" not found`,
  resource,
});
