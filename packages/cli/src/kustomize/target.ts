import { isDeepStrictEqual } from 'node:util';
import { parseYaml } from '@coxswain/api';
import { crdFieldSpecs } from './crds.ts';
import {
  builtinFieldSpecs,
  type FieldSpecs,
  mergeFieldSpecs,
  noFieldSpecs,
  readFieldSpecs,
} from './field-specs.ts';
import { idText } from './ids.ts';
import { type Kustomization, readKustomization } from './kustomization.ts';
import { HttpFailure, type Loader } from './loader.ts';
import {
  addTransformation,
  builtinOrigin,
  keepOrigin,
  type Origin,
  originAt,
  pluginOrigin,
  setOrigin,
} from './origin.ts';
import { ownGenerators, ownTransformers } from './own-plugins.ts';
import { type Around, external, type Ready } from './plugins.ts';
import { GitTimeout } from './repository.ts';
import { absorb, appendAll, dropEmpty, mapOf, type ResMap } from './res-map.ts';
import {
  currentId,
  labelsOf,
  objectOf,
  originalId,
  type Resource,
  setLabels,
  copyOf,
} from './resource.ts';
import { isMalformed, readFile, readResources } from './resources.ts';
import { builtinSchemas, openApiSchemas, type Schemas } from './schema.ts';
import { joinVars, mergeVars, type Var, varOf } from './vars.ts';

/** What one build shares: how it warns, and the schemas, which the first file that names some decides. */
export interface Build {
  readonly warn: (line: string) => void;
  schemas: Schemas | undefined;
}

/** What was read and made so far, with what is needed to finish it. */
export interface Accumulated {
  readonly map: ResMap;
  specs: FieldSpecs;
  vars: readonly Var[];
}

/** A kustomization at its place. */
export interface Target {
  readonly build: Build;
  readonly loader: Loader;
  readonly own: Kustomization;
  readonly file: string;
  /** Kept when the build is to say where objects come from. */
  readonly origin: Origin | undefined;
}

export const nothingYet = (): Accumulated => ({ map: { list: [] }, specs: noFieldSpecs, vars: [] });

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Runs a step; what goes wrong in it says so before. */
async function within<T>(words: string, run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw new Error(`${words}: ${(cause as Error).message}`, { cause });
  }
}

/** Reads the kustomization of a folder. */
export async function openTarget(build: Build, loader: Loader): Promise<Target> {
  const found: (readonly [string, Buffer])[] = [];
  for (const name of fileNames)
    try {
      found.push([name, await loader.load(name)]);
    } catch {
      continue; // not this one
    }
  const [only] = found;
  if (!only)
    throw new Error(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
    );
  if (found.length > 1)
    throw new Error(`Found multiple kustomization files under: ${loader.root}\n`);
  const own = readKustomization(String(only[1]), loader.root, build.warn);
  return {
    ...{ build, loader, own, file: only[0] },
    origin: own.buildMetadata?.length ? {} : undefined,
  };
}

/** Settles which schemas patches are merged by. */
export async function openSchemas({ own, loader, build }: Target): Promise<void> {
  const { path, version } = own.openapi ?? {};
  const text = path === undefined ? undefined : String(await loader.load(path));
  if (build.schemas) return;
  if (text !== undefined) {
    if (version !== undefined)
      throw new Error('builtin version and custom schema provided, cannot use both');
    build.schemas = openApiSchemas(parseYaml(text).value);
  } else if (version) {
    if (version !== 'v1.21.2') throw new Error('the specified OpenAPI version is not built in');
    build.schemas = builtinSchemas;
  }
}

const aroundOf = ({ loader, build }: Target): Around => ({
  loader,
  schemas: (apiVersion, kind) => (build.schemas ?? builtinSchemas)(apiVersion, kind),
});

/** Everything that a kustomization and those below it say, names and vars not yet settled. */
export async function accumulate(target: Target, given: Accumulated): Promise<Accumulated> {
  const { own, loader } = target;
  let all = given;
  await within('accumulating resources', () => readAll(target, all, own.resources ?? []));
  let specs = builtinFieldSpecs();
  if (own.configurations?.length) {
    let more = noFieldSpecs;
    for (const path of own.configurations)
      more = mergeFieldSpecs(
        more,
        readFieldSpecs(parseYaml(String(await loader.load(path))).value),
      );
    specs = mergeFieldSpecs(specs, more);
  }
  all.specs = mergeFieldSpecs(all.specs, specs);
  for (const path of own.crds ?? [])
    await within(`loading CRDs [${own.crds!.join(' ')}]`, async () => {
      const text = String(await loader.load(path));
      all.specs = mergeFieldSpecs(all.specs, crdFieldSpecs(parseYaml(text).value));
    });
  await runGenerators(target, all);
  for (const path of own.components ?? [])
    all = await within('accumulating components', () => addComponent(target, all, path));
  await runTransformers(target, all);
  await runValidators(target, all);
  all.vars = mergeVars(all.map, all.vars, (own.vars ?? []).map(varOf));
  return all;
}

async function readAll(target: Target, all: Accumulated, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    let failure: Error;
    try {
      await readFileInto(target, all.map, path);
      continue;
    } catch (error) {
      failure = error as Error;
    }
    if (failure.cause instanceof HttpFailure) throw failure;
    let loader: Loader;
    try {
      loader = await target.loader.below(path);
    } catch (error) {
      if (isMalformed(failure) && !(error instanceof GitTimeout)) throw failure;
      throw new Error(`accumulation err='${failure.message}': ${(error as Error).message}`, {
        cause: error,
      });
    }
    await within(`accumulation err='${failure.message}'`, () =>
      addFolder(target, all, loader, path, false),
    );
  }
}

async function readFileInto(target: Target, map: ResMap, path: string): Promise<void> {
  const resources = await within(`accumulating resources from '${path}'`, () =>
    readFile(target.loader, path).then((found) => mapOf(found).list),
  );
  const { origin } = target;
  if (origin) for (const each of resources) setOrigin(each, originAt(origin, path));
  await within(`merging resources from '${path}'`, () => appendAll(map, resources));
}

/** Takes up a base, or lets a component go on with what is there; gives what there is then. */
async function addFolder(
  parent: Target,
  all: Accumulated,
  loader: Loader,
  path: string,
  isComponent: boolean,
): Promise<Accumulated> {
  try {
    const opened = await within(`couldn't make target for path '${loader.root}'`, () =>
      openTarget(parent.build, loader),
    );
    const target: Target = { ...opened, origin: parent.origin && originAt(parent.origin, path) };
    const { kind } = target.own;
    await openSchemas(target);
    if (isComponent && kind !== 'Component')
      throw new Error(`expected kind 'Component' for path '${loader.root}' but got '${kind}'`);
    if (!isComponent && kind === 'Component')
      throw new Error(`expected kind != 'Component' for path '${loader.root}'`);
    const found = await within(`recursed accumulation of path '${loader.root}'`, () =>
      accumulate(target, isComponent ? all : nothingYet()),
    );
    if (isComponent) return found;
    await within(`recursed merging from path '${loader.root}'`, () => {
      appendAll(all.map, found.map.list);
      all.specs = mergeFieldSpecs(all.specs, found.specs);
      all.vars = joinVars(all.vars, found.vars);
    });
    return all;
  } finally {
    loader.close();
  }
}

async function addComponent(target: Target, all: Accumulated, path: string): Promise<Accumulated> {
  const quoted = async <T>(words: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (cause) {
      throw new Error(`${words} ${JSON.stringify((cause as Error).message)}`, { cause });
    }
  };
  const loader = await quoted('loader.New', () => target.loader.below(path));
  return quoted('accumulateDirectory:', () => addFolder(target, all, loader, path, true));
}

interface Prepared {
  readonly ready: Ready;
  readonly origin: Origin | undefined;
}

async function runGenerators(target: Target, all: Accumulated): Promise<void> {
  const around = aroundOf(target);
  const plugins: Prepared[] = (await ownGenerators(target.own, around)).map(({ ready, kind }) => ({
    ready,
    origin: target.origin && builtinOrigin(target.origin, target.file, kind),
  }));
  await within('loading generator plugins', async () => {
    for (const each of await pluginResources(target, target.own.generators, 'generator')) {
      const ready = await within('failed to load generator', () => external(each, around));
      if (!('generate' in ready))
        throw new Error(
          `failed to load generator: plugin ${idText(originalId(each))} not a generator`,
        );
      plugins.push({ ready, origin: pluginOrigin(each) });
    }
  });
  for (const { ready, origin } of plugins) {
    if (!('generate' in ready)) continue;
    const made = await ready.generate();
    if (origin) keepOrigin(made, origin);
    try {
      absorb(all.map, made);
    } catch (cause) {
      // Go shows an address here, which is another each time
      throw new Error(`merging from generator &{0xc000000000 <nil>}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

/** Objects that configure plugins: inline, from files, or built by kustomizations. */
async function pluginResources(
  target: Target,
  given: readonly string[] | undefined,
  what: string,
): Promise<readonly Resource[]> {
  const all = nothingYet();
  const paths: string[] = [];
  for (const text of given ?? []) {
    let found: readonly Resource[];
    try {
      found = mapOf(readResources(text)).list;
    } catch {
      paths.push(text);
      continue;
    }
    if (target.origin)
      for (const each of found) setOrigin(each, originAt(target.origin, target.file));
    await within(`configuring external ${what}`, () => appendAll(all.map, found));
  }
  await readAll(target, all, paths);
  return all.map.list;
}

async function transformersFrom(
  target: Target,
  given: readonly string[] | undefined,
): Promise<readonly Prepared[]> {
  const found: Prepared[] = [];
  for (const each of await pluginResources(target, given, 'transformer')) {
    const ready = await external(each, aroundOf(target));
    if (!('transform' in ready))
      throw new Error(`plugin ${idText(originalId(each))} not a transformer`);
    found.push({ ready, origin: pluginOrigin(each) });
  }
  return found;
}

async function runTransformers(target: Target, all: Accumulated): Promise<void> {
  const { own, origin, file } = target;
  const builtin = await ownTransformers(own, all.specs, aroundOf(target));
  const plugins: readonly Prepared[] = [
    ...builtin.map(({ ready, kind }) => ({
      ready,
      origin: origin && builtinOrigin(origin, file, kind),
    })),
    ...(await transformersFrom(target, own.transformers)),
  ];
  for (const { ready, origin: from } of plugins) {
    if (!('transform' in ready)) continue;
    ready.transform(all.map);
    if (from) for (const each of all.map.list) addTransformation(each, from);
    dropEmpty(all.map);
  }
}

const validatedBy = 'validated-by';

/** Validators are transformers that change nothing but a label of their own. */
async function runValidators(target: Target, all: Accumulated): Promise<void> {
  for (const { ready } of await transformersFrom(target, target.own.validators)) {
    if (!('transform' in ready)) continue;
    const before = all.map.list.map(copyOf);
    ready.transform(all.map);
    const after = all.map.list.map(copyOf);
    for (const each of after) {
      const { [validatedBy]: mark, ...labels } = labelsOf(each);
      if (mark !== undefined) setLabels(each, labels);
    }
    const changed = before.find(
      (each, at) => !isDeepStrictEqual(objectOf(each), after[at] && objectOf(after[at])),
    );
    if (changed || before.length !== after.length)
      throw new Error(
        `validator shouldn't modify the resource map: ${changed ? `nodes unequal: ${idText(currentId(changed))}` : 'lists have different number of entries'}`,
      );
  }
}
