import type { Environment } from '../environment.ts';
import { empty, extend } from '../environment.ts';
import * as t from '../types/type.ts';
import { amounts } from './amounts.ts';
import { authorization } from './authorizer.ts';
import { conversions } from './conversions.ts';
import { namedFormats } from './formats.ts';
import { lists } from './lists.ts';
import { network } from './network.ts';
import { operators } from './standard.ts';
import { optionals } from './optional.ts';
import { strings } from './strings.ts';

const typeNames = Object.fromEntries(
  [t.bool, t.int, t.uint, t.double, t.string, t.bytes].map((type) => [type.kind, t.typeOf(type)]),
);

/** What every expression of Kubernetes 1.36 may use: the language, and upstream's libraries. */
export const base: Environment = extend(empty, {
  variables: {
    ...typeNames,
    list: t.typeOf(t.listOf(t.dyn)),
    map: t.typeOf(t.mapOf(t.dyn, t.dyn)),
    null_type: t.typeOf(t.nullType),
    type: t.typeOf(t.typeOf()),
    'google.protobuf.Timestamp': t.typeOf(t.timestamp),
    'google.protobuf.Duration': t.typeOf(t.duration),
    optional_type: t.typeOf(t.optionalOf(t.parameter('V'))),
  },
  functions: [
    ...[operators, conversions, optionals, strings, lists, network, amounts, namedFormats],
    authorization,
  ].flat(),
  types: [
    ...['kubernetes.URL', 'kubernetes.Quantity', 'kubernetes.Semver', 'net.IP', 'net.CIDR'],
    ...['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
      (name) => `kubernetes.authorization.${name}`,
    ),
  ],
});
