import type { Schema } from './schema.ts';

/** A parameter as OpenAPI v2 writes it. */
export interface ParameterV2 {
  readonly name: string;
  readonly in: 'body' | 'path' | 'query';
  readonly description?: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly uniqueItems?: boolean;
  readonly schema?: Schema;
}

/** Parameters that older kubectl looks for where they are used. */
const unshared = new Set(['dryRun', 'fieldValidation', 'name']);
const generic = '#/definitions/io.k8s.apimachinery';

/** Writes parameters that stand in many places once, as upstream does: `limit-1NfNmdNH` is limit with a hash of its content. */
export class SharedParameters {
  readonly #byText = new Map<string, { readonly name: string; readonly parameter: ParameterV2 }>();

  /** What stands where the parameter is used: itself, or a reference to it. */
  place(parameter: ParameterV2): ParameterV2 | { readonly $ref: string } {
    const { name, schema } = parameter;
    if (unshared.has(name)) return parameter;
    if (schema && !schema.$ref?.startsWith(generic)) return parameter;
    const text = JSON.stringify(parameter);
    let entry = this.#byText.get(text);
    if (!entry) this.#byText.set(text, (entry = { name: `${name}-${hashOf(text)}`, parameter }));
    return { $ref: `#/parameters/${entry.name}` };
  }

  /** The parameters that were shared, by the name that references use. */
  all(): Readonly<Record<string, ParameterV2>> {
    const entries = [...this.#byText.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return Object.fromEntries(entries.map(({ name, parameter }) => [name, parameter]));
  }
}

const prime = 0x100_0000_01b3n;
const start = 0xcbf2_9ce4_8422_2325n;

/** The first six bytes of FNV-1, as base64 for URLs. */
function hashOf(text: string): string {
  let hash = start;
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, hash * prime) ^ BigInt(byte);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, hash);
  return bytes.subarray(0, 6).toBase64({ alphabet: 'base64url' });
}
