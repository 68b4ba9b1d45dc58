import { goText } from '../printers/go-text.ts';
import {
  argumentCounts,
  functions,
  indexed,
  isTrue,
  type TemplateFunction,
  typeOf,
} from './functions.ts';
import {
  commandText,
  type Node,
  type Nodes,
  type Operand,
  parseTemplate,
  type Pipeline,
  type Place,
  type Template,
} from './parse.ts';

export { TemplateError } from './tokens.ts';

interface Scope {
  readonly template: Template;
  readonly allowMissing: boolean;
  readonly root: unknown;
  /** Innermost last. */
  readonly variables: [name: string, value: unknown][];
  readonly depth: number;
  /** The template that runs, and what of it was evaluated last. */
  readonly name: string;
  readonly last: { place?: Place; name: string };
  readonly more: ReadonlyMap<string, TemplateFunction>;
}

/** What leaves a range. */
class Leave extends Error {
  readonly word: 'break' | 'continue';
  constructor(word: 'break' | 'continue') {
    super(word);
    this.word = word;
  }
}

const noMore: ReadonlyMap<string, TemplateFunction> = new Map();
const depthMax = 1000;
const known = new Set([...functions.keys(), 'and', 'or', 'call']);

/** A template does not fit its data: where, and why, as Go tells it; `printed` is what it made until then. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly printed: string;
  constructor(message: string, printed: string, cause: unknown) {
    super(message, { cause });
    this.printed = printed;
  }
}

const templateName = 'output';

/** Reads a Go template once, with `more` functions than Go's and kubectl's; the function fills it in. Throws TemplateError for a bad one, ExecutionError for what does not fit the data. */
export function goTemplate(
  source: string,
  allowMissing: boolean,
  more: ReadonlyMap<string, TemplateFunction> = noMore,
): (data: unknown) => string {
  const template = parseTemplate(templateName, source, new Set([...known, ...more.keys()]));
  return (data) => {
    const out: string[] = [];
    const variables: Scope['variables'] = [['$', data]];
    const last: Scope['last'] = { name: templateName };
    const scope: Scope = {
      ...{ template, allowMissing, root: data, variables, depth: 0, more, last },
      name: templateName,
    };
    try {
      run(template.body, data, scope, out);
    } catch (cause) {
      throw new ExecutionError(placed(source, last, cause as Error), out.join(''), cause);
    }
    return out.join('');
  };
}

function placed(source: string, { place, name }: Scope['last'], { message }: Error): string {
  if (!place) return `template: ${templateName}: ${message}`;
  const before = source.slice(0, place.at);
  const line = before.split('\n').length;
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
  return `template: ${templateName}:${line}:${column}: executing ${JSON.stringify(name)} at <${place.text}>: ${message}`;
}

function evaluate({ last, name }: Scope, place: Place): void {
  last.place = place;
  last.name = name;
}

function run(nodes: Nodes, dot: unknown, scope: Scope, out: string[]): void {
  const kept = scope.variables.length;
  try {
    for (const node of nodes) runNode(node, dot, scope, out);
  } finally {
    scope.variables.length = kept;
  }
}

function runNode(node: Node, dot: unknown, scope: Scope, out: string[]): void {
  switch (node.node) {
    case 'text':
      out.push(node.text);
      return;
    case 'action': {
      const value = valueOf(node.pipeline, dot, scope);
      if (node.pipeline.variables.length === 0) out.push(printed(value));
      return;
    }
    case 'template':
      return runNamed(node, dot, scope, out);
    case 'break':
    case 'continue':
      throw new Leave(node.node);
    default:
      return runControl(node, dot, scope, out);
  }
}

/** What is missing prints as `<no value>`. */
const printed = (value: unknown): string =>
  value === undefined || value === null ? '<no value>' : goText(value);

function runNamed(
  node: Node & { node: 'template' },
  dot: unknown,
  scope: Scope,
  out: string[],
): void {
  evaluate(scope, node);
  const body = scope.template.defined.get(node.name);
  if (!body) throw new Error(`template ${JSON.stringify(node.name)} not defined`);
  if (scope.depth >= depthMax) throw new Error(`exceeded maximum template depth (${depthMax})`);
  const data = node.pipeline ? valueOf(node.pipeline, dot, scope) : undefined;
  const { name } = node;
  run(body, data, { ...scope, name, variables: [['$', data]], depth: scope.depth + 1 }, out);
}

function runControl(
  node: Node & { node: 'if' | 'with' | 'range' },
  dot: unknown,
  scope: Scope,
  out: string[],
): void {
  const kept = scope.variables.length;
  try {
    if (node.node === 'range') return runRange(node, dot, scope, out);
    const value = valueOf(node.pipeline, dot, scope);
    if (isTrue(value)) run(node.body, node.node === 'with' ? value : dot, scope, out);
    else run(node.otherwise, dot, scope, out);
  } finally {
    scope.variables.length = kept;
  }
}

function runRange(
  node: Node & { node: 'range' | 'if' | 'with' },
  dot: unknown,
  scope: Scope,
  out: string[],
): void {
  const { variables, isAssignment } = node.pipeline;
  const value = valueOf({ ...node.pipeline, variables: [] }, dot, scope);
  const entries = entriesOf(value);
  if (entries.length === 0) return run(node.otherwise, dot, scope, out);
  const kept = scope.variables.length;
  for (const [key, item] of entries) {
    const taken = variables.length > 1 ? [key, item] : [item];
    for (const [at, name] of variables.entries()) {
      if (isAssignment) assign(scope, name, taken[at]);
      else scope.variables.push([name, taken[at]]);
    }
    try {
      run(node.body, item, scope, out);
    } catch (leave) {
      if (!(leave instanceof Leave)) throw leave;
      if (leave.word === 'break') return;
    } finally {
      scope.variables.length = kept;
    }
  }
}

/** Items with their indexes, fields in the order of their names, or the numbers below a number. */
function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((item, at) => [at, item] as const);
  if (typeof value === 'number') return Array.from({ length: value }, (_, at) => [at, at] as const);
  if (typeof value === 'object')
    return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  throw new Error(`range can't iterate over ${goText(value)}`);
}

function assign({ variables }: Scope, name: string, value: unknown): void {
  const at = variables.findLastIndex(([each]) => each === name);
  if (at < 0) throw new Error(`undefined variable ${JSON.stringify(name)}`);
  variables[at] = [name, value];
}

function valueOf(pipeline: Pipeline, dot: unknown, scope: Scope): unknown {
  let value: unknown;
  for (const [at, command] of pipeline.commands.entries())
    value = commandValue(command, dot, scope, at === 0 ? [] : [value]);
  for (const name of pipeline.variables) {
    if (pipeline.isAssignment) assign(scope, name, value);
    else scope.variables.push([name, value]);
  }
  return value;
}

function commandValue(
  command: readonly Operand[],
  dot: unknown,
  scope: Scope,
  last: readonly unknown[],
): unknown {
  const [first, ...rest] = command;
  if (first!.is !== 'function') {
    if (rest.length + last.length > 0) {
      evaluate(scope, first!);
      throw new Error(
        first!.is === 'field'
          ? `${first!.path.at(-1)} is not a method but has arguments`
          : `can't give argument to non-function ${first!.text}`,
      );
    }
    return operandValue(first!, dot, scope);
  }
  const { name } = first!;
  evaluate(scope, first!);
  checkCount(name, rest.length + last.length);
  if (name === 'and' || name === 'or') return firstDecisive(name, rest, dot, scope, last);
  const args = [...rest.map((operand) => operandValue(operand, dot, scope)), ...last];
  const called = (scope.more.get(name) ?? functions.get(name)) as TemplateFunction;
  try {
    return called(...args);
  } catch (error) {
    evaluate(scope, { at: first!.at, text: commandText(command) });
    throw error;
  }
}

/** Throws where a function is given fewer or more arguments than it takes. */
function checkCount(name: string, count: number): void {
  const [least, most] = argumentCounts[name] ?? [0, Number.POSITIVE_INFINITY];
  if (count >= least && count <= most) return;
  const wanted = most === least ? String(least) : `at least ${least}`;
  throw new Error(`wrong number of args for ${name}: want ${wanted} got ${count}`);
}

/** `and` gives the first that is not true, `or` the first that is; the last otherwise. */
function firstDecisive(
  name: 'and' | 'or',
  rest: readonly Operand[],
  dot: unknown,
  scope: Scope,
  last: readonly unknown[],
): unknown {
  let value: unknown;
  for (const operand of rest) {
    value = operandValue(operand, dot, scope);
    if (isTrue(value) === (name === 'or')) return value;
  }
  return last.length > 0 ? last[0] : value;
}

function operandValue(operand: Operand, dot: unknown, scope: Scope): unknown {
  evaluate(scope, operand);
  switch (operand.is) {
    case 'value':
      return operand.value;
    case 'dot':
      return dot;
    case 'field':
      return fields(dot, operand.path, scope);
    case 'variable': {
      const found = scope.variables.findLast(([name]) => name === operand.name);
      if (!found) throw new Error(`undefined variable ${JSON.stringify(operand.name)}`);
      return fields(found[1], operand.path, scope, typeOf(found[1]));
    }
    case 'function':
      return commandValue([operand], dot, scope, []);
    case 'pipeline': {
      const value = valueOf(operand.pipeline, dot, scope);
      return fields(value, operand.path, scope, typeOf(value));
    }
  }
}

/** Goes down a path; `type` is what the value itself is called where it is no map. */
function fields(
  value: unknown,
  path: readonly string[],
  scope: Scope,
  type = 'interface {}',
): unknown {
  let present = value;
  for (const [at, name] of path.entries()) {
    if (present === null || present === undefined) {
      if (scope.allowMissing) return undefined;
      throw new Error(`nil data; no entry for key ${JSON.stringify(name)}`);
    }
    if (typeof present !== 'object' || Array.isArray(present))
      throw new Error(
        `can't evaluate field ${name} in type ${at > 0 ? 'interface {}' : Array.isArray(present) ? '[]interface {}' : type}`,
      );
    if (!Object.hasOwn(present, name) && !scope.allowMissing)
      throw new Error(`map has no entry for key ${JSON.stringify(name)}`);
    present = indexed(present, name);
  }
  return present;
}
