import { ConfigMaps } from '@coxswain/api';
import type { ConfigMap } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { base64Bytes, dataBytesMax, immutableData, sizeOf } from '../rules/data.ts';
import { allInvalid, invalidValue, tooLong, type Rules } from '../rules/field.ts';
import { bytesOf, configMapKey } from '../rules/name.ts';

function* rules({ data = {}, binaryData = {} }: ConfigMap): Rules {
  for (const key in data) {
    yield* allInvalid(`data[${key}]`, key, configMapKey(key));
    if (Object.hasOwn(binaryData, key))
      yield invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData');
  }
  for (const key in binaryData) yield* allInvalid(`binaryData[${key}]`, key, configMapKey(key));
  if (sizeOf(data, bytesOf) + sizeOf(binaryData, base64Bytes) > dataBytesMax)
    yield tooLong('[]', dataBytesMax);
}

/** Configuration that pods read as files or variables. */
export const configMapKind: Kind<ConfigMap> = {
  resource: ConfigMaps,
  shortNames: ['cm'],
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutableData(next, before, ['data', 'binaryData']);
    yield* rules(next);
  },
  columns: [
    nameColumn,
    textColumn(
      'Data',
      'How many keys it holds.',
      ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    ),
    ageColumn,
  ],
};
