import { structType, typeOf } from '@coxswain/api';
import type { Served } from '../rest/catalog.ts';
import { customModel } from './custom-model.ts';
import { type Model, modelOf } from './definitions.ts';

/** The types of a kind's objects and of their lists. */
export interface ObjectModels {
  readonly object: Model;
  /** Undefined for kinds that are only answered. */
  readonly list: Model | undefined;
}

export function objectModels({ kind, resource, apiVersion }: Served): ObjectModels {
  const node = typeOf(apiVersion, resource.kind);
  if (!node) return customModel(resource, kind.openApi, Object.keys(kind.selectableFields ?? {}));
  const list = typeOf(apiVersion, `${resource.kind}List`);
  return { object: modelOf(node)!, list: list && modelOf(list) };
}

/** A type of meta by its name. */
export const metaModel = (name: string): Model => modelOf(structType('meta', name))!;
