import type { Served } from '../rest/catalog.ts';
import type { Engine } from '../rest/engine.ts';
import { type DocumentSource, documentSources } from './documents.ts';
import { protobufV2 } from './gnostic/v2.ts';
import { protobufV3 } from './gnostic/v3.ts';
import { hashedUrl } from './hashed-url.ts';
import { documentV2 } from './v2.ts';
import { documentV3 } from './v3.ts';

/** A document in its forms. The hash, that of its JSON, names all of them. */
export interface Document {
  readonly json: Uint8Array;
  readonly hash: string;
  /** Written on first use. */
  protobuf(): Uint8Array;
}

interface Kept {
  readonly served: readonly Served[];
  readonly made: Promise<Document>;
}

/** The documents of a server, each made when it is first asked for and again when its kinds have changed. */
export class Documents {
  readonly #engine: Engine;
  #generation = -1;
  #sources: ReadonlyMap<string, DocumentSource> = new Map();
  readonly #v3 = new Map<string, Kept>();
  #v2: Promise<Document> | undefined;
  #index: Promise<Document> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The one document of OpenAPI v2. */
  v2(): Promise<Document> {
    const sources = this.#level();
    return (this.#v2 ??= documentOf(
      this.#engine,
      documentV2([...sources.values()].flatMap(({ routes }) => routes())),
      protobufV2,
    ));
  }

  /** The document of OpenAPI v3 at `path` (`apis/apps/v1`); undefined where nothing is served. */
  v3(path: string): Promise<Document> | undefined {
    const source = this.#level().get(path);
    return source && this.#keep(path, source);
  }

  /** Where each document of OpenAPI v3 is found, with its hash. */
  index(): Promise<Document> {
    const sources = this.#level();
    return (this.#index ??= this.#list([...sources]));
  }

  /** The sources of now. What changed since is forgotten. */
  #level(): ReadonlyMap<string, DocumentSource> {
    const { generation } = this.#engine.catalog;
    if (generation === this.#generation) return this.#sources;
    this.#generation = generation;
    this.#sources = documentSources(this.#engine);
    this.#v2 = undefined;
    this.#index = undefined;
    for (const path of this.#v3.keys()) if (!this.#sources.has(path)) this.#v3.delete(path);
    return this.#sources;
  }

  #keep(path: string, { served, reader, routes }: DocumentSource): Promise<Document> {
    const kept = this.#v3.get(path);
    if (kept && isSame(kept.served, served)) return kept.made;
    const made = documentOf(this.#engine, documentV3(routes(), reader), protobufV3);
    this.#v3.set(path, { served, made });
    return made;
  }

  async #list(sources: readonly (readonly [string, DocumentSource])[]): Promise<Document> {
    const paths: Record<string, { readonly serverRelativeURL: string }> = {};
    for (const [path, source] of sources.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      // Each on a turn of its own, so that other requests are not held up by all.
      const { hash } = await this.#keep(path, source);
      paths[path] = { serverRelativeURL: hashedUrl(path, hash) };
    }
    return documentOf(this.#engine, { paths }, () => new Uint8Array());
  }
}

const isSame = (a: readonly Served[], b: readonly Served[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at]);

/** A document in its forms. */
export async function documentOf(
  { world }: Pick<Engine, 'world'>,
  document: object,
  encode: (document: object) => Uint8Array,
): Promise<Document> {
  const json = new TextEncoder().encode(JSON.stringify(document));
  const digest = await world.work.track(crypto.subtle.digest('SHA-512', json));
  let protobuf: Uint8Array | undefined;
  return {
    json,
    hash: new Uint8Array(digest).toHex().toUpperCase(),
    // Read back rather than kept: the tree is many times larger than its bytes.
    protobuf: () => (protobuf ??= encode(JSON.parse(new TextDecoder().decode(json)) as object)),
  };
}
