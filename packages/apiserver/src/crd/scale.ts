import { ApiError, internalError, type KubeObject } from '@coxswain/api';
import type { CustomResourceSubresourceScale } from '@coxswain/api/types/apiextensions-v1';
import type { ScaleAccess } from '../kinds/kind.ts';
import { isRecord, type Json } from './schema/schema.ts';

const stepsOf = (path: string): readonly string[] => path.replace(/^\./, '').split('.');

type Found = { readonly value: number; readonly found: boolean; readonly wrong?: string };

function valueAt(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const step of stepsOf(path)) value = isRecord(value) ? value[step] : undefined;
  return value;
}

const goType = (value: unknown): string => {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
};

const unfit = (path: string, value: unknown, expected: string): string => {
  const type = goType(value);
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `${path} accessor error: ${shown} is of the type ${type}, expected ${expected}`;
};

/** The whole number at `path`; 0 where there is none. */
export function readNumber(object: KubeObject, path: string): Found {
  const value = valueAt(object, path);
  if (value === undefined) return { value: 0, found: false };
  if (typeof value === 'number' && Number.isInteger(value)) return { value, found: true };
  return { value: 0, found: false, wrong: unfit(path, value, 'int64') };
}

function readText(object: KubeObject, path: string | undefined): string {
  const value = path ? valueAt(object, path) : undefined;
  if (value === undefined) return '';
  if (typeof value !== 'string') throw failed(unfit(path!, value, 'string'));
  return value;
}

const failed = (why: string): ApiError => internalError(new Error(why));

function numberAt(object: KubeObject, path: string, isRequired: boolean): number {
  const { value, found, wrong } = readNumber(object, path);
  if (wrong) throw failed(wrong);
  if (isRequired && !found)
    throw failed(`the spec replicas field ${JSON.stringify(path)} does not exist`);
  return value;
}

/** The object with `value` at `path`; the way there is made where it is missing. */
export function withNumber(object: KubeObject, path: string, value: number): KubeObject {
  const set = (at: Json, [step = '', ...rest]: readonly string[]): Json => {
    const inner = at[step];
    return { ...at, [step]: rest.length === 0 ? value : set(isRecord(inner) ? inner : {}, rest) };
  };
  return set(object as unknown as Json, stepsOf(path)) as unknown as KubeObject;
}

/** The numbers of a scale where the definition says that they are. */
export const scaleOf = ({
  specReplicasPath,
  statusReplicasPath,
  labelSelectorPath,
}: CustomResourceSubresourceScale): ScaleAccess<KubeObject> => ({
  specReplicas: (object) => numberAt(object, specReplicasPath, true),
  statusReplicas: (object) => numberAt(object, statusReplicasPath, false),
  selector: (object) => readText(object, labelSelectorPath),
  withReplicas: (object, replicas) => withNumber(object, specReplicasPath, replicas),
  path: stepsOf(specReplicasPath).map((step): `f:${string}` => `f:${step}`),
});
