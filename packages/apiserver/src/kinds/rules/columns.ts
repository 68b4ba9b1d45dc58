import { ago, type KubeObject } from '@coxswain/api';
import type { Container } from '@coxswain/api/types/core-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';
import type { Column } from '../kind.ts';
import { selectorText } from './labels.ts';

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique among its kind in its namespace.',
  value: ({ metadata }) => metadata.name,
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the server created the object.',
  value: ({ metadata }, { nowMs }) => ago(metadata.creationTimestamp, nowMs),
};

type Value<T> = Column<T>['value'];

export const textColumn = <T>(name: string, description: string, value: Value<T>): Column<T> => ({
  name,
  type: 'string',
  description,
  value,
});

export const countColumn = <T>(name: string, description: string, value: Value<T>): Column<T> => ({
  name,
  type: 'integer',
  description,
  value,
});

/** The same column, shown only with `-o wide`. */
export const wide = <T>(column: Column<T>): Column<T> => ({ ...column, wide: true });

/** Names and images of the containers that an object describes. */
export const containerColumns = <T>(
  containers: (object: T) => readonly Container[] | undefined,
): readonly Column<T>[] => [
  textColumn('Containers', 'Names of the containers in the template.', (object) =>
    (containers(object) ?? []).map(({ name }) => name).join(','),
  ),
  textColumn('Images', 'Images of the containers in the template.', (object) =>
    (containers(object) ?? []).map(({ image }) => image ?? '').join(','),
  ),
];

export const selectorColumn = <T>(selector: (object: T) => LabelSelector | undefined): Column<T> =>
  textColumn(
    'Selector',
    'The labels that the selected pods carry.',
    (object) => selectorText(selector(object)) || '<none>',
  );
