import type { DeviceAttribute, DeviceCapacity } from '@coxswain/api/types/resource-v1';
import { parseQuantity } from '@coxswain/api/quantity';
import { estimateCost } from './cost/estimate.ts';
import { type Environment, extend } from './environment.ts';
import { binding } from './language/macros.ts';
import { amountOf, semverFrom } from './library/amounts.ts';
import { base } from './library/base.ts';
import { compile, type Program } from './program.ts';
import * as t from './types/type.ts';
import { type CelType, runtimeTypeName } from './types/type.ts';
import { CelError, type MapValue, typeName, type Value } from './values/value.ts';

/** Upstream's bounds on what a selector may look at. */
const namedMax = 32;
const textMax = 64;

const bounded = (type: CelType, maxElements: number): CelType => ({ ...type, maxElements });
const [domain, id] = [bounded(t.string, 63), bounded(t.string, 32)];
const byDomain = (value: CelType): CelType =>
  t.mapOf(domain, t.mapOf(id, value, { maxElements: namedMax }), { maxElements: namedMax });

const attribute = bounded(t.anyType, textMax);
const deviceType = t.objectType('kubernetes.DRADevice', {
  driver: bounded(t.string, 63),
  allowMultipleAllocations: bounded(t.bool, 1),
  attributes: byDomain(attribute),
  capacity: byDomain(t.objectType('kubernetes.Quantity')),
});
const environment: Environment = extend(base, {
  variables: { device: deviceType },
  macros: binding,
});

/** What a selector may ask of a device. */
export interface SelectableDevice {
  readonly driver: string;
  readonly allowMultipleAllocations?: boolean | undefined;
  readonly attributes?: Readonly<Record<string, DeviceAttribute>> | undefined;
  readonly capacity?: Readonly<Record<string, DeviceCapacity>> | undefined;
}

/** An expression that picks devices. */
export interface DeviceSelector {
  /** What one run may cost at most; upstream refuses more than `limits.perCall`. */
  readonly costMax: number;
  /** Throws CelError where the expression fails for the device. */
  matches(device: SelectableDevice): boolean;
}

/** Compiles the expression of a selector; `message` is what upstream says of a wrong one. */
export function compileDeviceSelector(
  text: string,
): { readonly selector: DeviceSelector } | { readonly message: string } {
  const { program, message } = compile(text, environment);
  if (!program) return { message };
  if (program.type.kind !== 'bool' && program.type.kind !== 'any')
    return {
      message: `must evaluate to bool or the unknown type, not ${runtimeTypeName(program.type)}`,
    };
  const selector = {
    costMax: estimateCost(program, sizeAt).max,
    matches: (device: SelectableDevice) => matches(program, device),
  };
  return { selector };
}

/** How large what stands at a path may be: everything hangs on the one variable. */
function sizeAt(path: readonly string[] | undefined): { min: number; max: number } | undefined {
  if (path?.[0] !== 'device') return undefined;
  const type = path.slice(1).reduce<CelType | undefined>(stepInto, deviceType);
  return type && { min: 0, max: type.maxElements ?? 0 };
}

function stepInto(type: CelType | undefined, step: string): CelType | undefined {
  const [key, value] = type?.parameters ?? [];
  if (step === '@keys') return value && key;
  if (step === '@values' || step === '@items') return value;
  return type?.fields?.get(step)?.type ?? (value === attribute ? attribute : undefined);
}

function matches(program: Program, device: SelectableDevice): boolean {
  const outcome = program.run({ device: deviceValue(device) });
  if (outcome.error) throw outcome.error;
  if (typeof outcome.value === 'boolean') return outcome.value;
  throw new CelError(
    `CEL result of type ${typeName(outcome.value)} could not be converted to bool: ${unconverted(outcome.value)}`,
  );
}

/** What cel-go says of a value that is to be a bool: each type in its own words. */
function unconverted(value: Value): string {
  if (typeof value === 'string') return "unsupported native conversion from string to 'bool'";
  const name = typeName(value);
  return name.startsWith('kubernetes.')
    ? `type conversion error from '${name.slice('kubernetes.'.length)}' to 'bool'`
    : `unsupported type conversion from '${name}' to bool`;
}

function deviceValue(device: SelectableDevice): MapValue {
  const { driver, allowMultipleAllocations = false, attributes = {}, capacity = {} } = device;
  return fixedMap(
    new Map<string, Value>([
      ['driver', driver],
      ['allowMultipleAllocations', allowMultipleAllocations],
      ['attributes', qualified(driver, attributes, attributeValue)],
      ['capacity', qualified(driver, capacity, ({ value }) => amountOf(parseQuantity(value)))],
    ]),
  );
}

function attributeValue(given: DeviceAttribute, name: string): Value {
  if (given.int !== undefined) return BigInt(given.int);
  const value = given.bool ?? given.string;
  if (value !== undefined) return value;
  if (given.version === undefined)
    throw new CelError(`attribute ${name}: unsupported attribute value`);
  try {
    return semverFrom(given.version);
  } catch (cause) {
    const { message } = cause as CelError;
    throw new CelError(`attribute ${name}: parse semantic version: ${message}`, { cause });
  }
}

/** Values by domain, then by name; a domain that nobody has holds nothing. Names without a domain are the driver's. */
function qualified<T>(
  driver: string,
  given: Readonly<Record<string, T>>,
  read: (value: T, name: string) => Value,
): MapValue {
  const domains = new Map<string, Map<string, Value>>();
  for (const [name, value] of Object.entries(given)) {
    const slash = name.indexOf('/');
    const of = slash < 0 ? driver : name.slice(0, slash);
    const values = domains.get(of) ?? new Map<string, Value>();
    domains.set(of, values.set(name.slice(slash + 1), read(value, name)));
  }
  return fixedMap(new Map([...domains].map(([name, values]) => [name, fixedMap(values)])), empty);
}

const fixedMap = (values: ReadonlyMap<string, Value>, otherwise?: Value): MapValue => ({
  kind: 'map',
  size: values.size,
  get: (key) => values.get(key as string) ?? otherwise,
  has: (key) => values.has(key as string),
  keys: () => [...values.keys()],
});
const empty: MapValue = fixedMap(new Map());
