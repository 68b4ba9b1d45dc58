import { CSINodes } from '@coxswain/api';
import type { CSINode, CSINodeDriver } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn } from '../rules/columns.ts';
import {
  allInvalid,
  duplicate,
  invalidValue,
  nonNegative,
  required,
  type Rules,
} from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { bytesOf, qualifiedName } from '../rules/name.ts';
import { csiDriverName } from '../rules/volume.ts';

const nodeIdMax = 256;

function* rules({ spec }: CSINode): Rules {
  const names = new Set<string>();
  for (const [index, driver] of (spec.drivers ?? []).entries()) {
    const at = `spec.drivers[${index}]`;
    const { name, nodeID, allocatable, topologyKeys = [] } = driver;
    yield* csiDriverName(`${at}.name`, name);
    if (!nodeID) yield required(`${at}.nodeID`);
    if (bytesOf(nodeID) > nodeIdMax)
      yield invalidValue(`${at}.nodeID`, nodeID, `must be ${nodeIdMax} characters or less`);
    yield* nonNegative(`${at}.allocatable.count`, allocatable?.count);
    if (names.has(name)) yield duplicate(`${at}.name`, name);
    names.add(name);
    for (const [place, key] of topologyKeys.entries()) {
      if (!key) yield required(at);
      if (topologyKeys.indexOf(key) < place) yield duplicate(at, key);
      yield* allInvalid(at, key, qualifiedName(key));
    }
  }
}

const withoutLimit = ({ allocatable: _, ...driver }: CSINodeDriver): object => driver;

/** The storage drivers of one node. */
export const csiNodeKind: Kind<CSINode> = {
  resource: CSINodes,
  allowUnconditionalUpdate: false,
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    for (const old of before.spec.drivers ?? [])
      for (const driver of next.spec.drivers ?? [])
        if (driver.name === old.name)
          yield* immutable('spec.drivers', withoutLimit(driver), withoutLimit(old));
  },
  columns: [
    nameColumn,
    countColumn(
      'Drivers',
      'How many drivers the node has.',
      ({ spec }) => spec.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
};
