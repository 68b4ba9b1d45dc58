import type { NameRecord } from './service-records.ts';

/** What the cluster says to a question: its records, or that there is no such name. Undefined: not its domain. */
export type Found = { readonly records: readonly NameRecord[]; readonly exists: boolean };

/** Services may name one another in a circle: so many aliases are followed. */
const aliasesMax = 8;

/** All names of the cluster, kept per Service, so that a change costs what that Service has. */
export class Names {
  readonly #domain: string;
  readonly #byOwner = new Map<string, readonly NameRecord[]>();
  readonly #byName = new Map<string, NameRecord[]>();
  /** How many records lie at or below a name: a name with descendants exists, though it has no records. */
  readonly #below = new Map<string, number>();

  constructor(domain: string) {
    this.#domain = domain;
    this.set('.', [{ name: `ns.dns.${domain}`, type: 'A', data: '127.0.0.1' }]);
  }

  /** Replaces what `owner` (namespace/name) contributes. */
  set(owner: string, records: readonly NameRecord[]): void {
    this.#remove(this.#byOwner.get(owner) ?? []);
    if (records.length > 0) this.#byOwner.set(owner, records);
    else this.#byOwner.delete(owner);
    for (const record of records) this.#add(record);
  }

  /** Answers `name` (lower case); CNAMEs are followed inside the cluster, as far as `aliasesMax`. */
  find(name: string, type: string, aliases: number = aliasesMax): Found | undefined {
    const isReverse = name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa');
    const own = name === this.#domain || name.endsWith(`.${this.#domain}`);
    if (!own && !(isReverse && this.#byName.has(name))) return undefined;
    const pod = podAddress(name, this.#domain);
    if (pod !== undefined) {
      const records: NameRecord[] =
        type === 'A' || type === 'ANY' ? [{ name, type: 'A', data: pod }] : [];
      return { records, exists: true };
    }
    const there = this.#byName.get(name) ?? [];
    const alias = there.find((record) => record.type === 'CNAME');
    if (alias?.type === 'CNAME') {
      const follows = type !== 'CNAME' && aliases > 0;
      const further = follows ? this.find(alias.data, type, aliases - 1)?.records : undefined;
      return { records: [alias, ...(further ?? [])], exists: true };
    }
    const records = there.filter((record) => type === 'ANY' || record.type === type);
    return { records, exists: there.length > 0 || this.#below.has(name) || name === this.#domain };
  }

  #add(record: NameRecord): void {
    const list = this.#byName.get(record.name);
    if (list) list.push(record);
    else this.#byName.set(record.name, [record]);
    for (const parent of parents(record.name))
      this.#below.set(parent, (this.#below.get(parent) ?? 0) + 1);
  }

  #remove(records: readonly NameRecord[]): void {
    const gone = new Set(records);
    for (const name of new Set(records.map((record) => record.name))) {
      const left = this.#byName.get(name)!.filter((record) => !gone.has(record));
      if (left.length > 0) this.#byName.set(name, left);
      else this.#byName.delete(name);
    }
    for (const record of records)
      for (const parent of parents(record.name)) {
        const left = this.#below.get(parent)! - 1;
        if (left > 0) this.#below.set(parent, left);
        else this.#below.delete(parent);
      }
  }
}

const parents = (name: string): string[] =>
  name
    .split('.')
    .map((_, at, labels) => labels.slice(at + 1).join('.'))
    .slice(0, -1);

/** `10-0-0-1.shop.pod.cluster.local` names the pod with that address. */
function podAddress(name: string, domain: string): string | undefined {
  if (!name.endsWith(`.pod.${domain}`)) return undefined;
  const address = name.split('.')[0]!.replaceAll('-', '.');
  return /^(\d{1,3})(\.\d{1,3}){3}$/.test(address) &&
    name.split('.').length === domain.split('.').length + 3
    ? address
    : undefined;
}
