import { goText } from '../printers/go-text.ts';
import { functions, indexed, isTrue, type TemplateFunction } from './functions.ts';
import {
  type Node,
  type Nodes,
  type Operand,
  parseTemplate,
  type Pipeline,
  type Template,
} from './parse.ts';

export { TemplateError } from './parse.ts';

interface Scope {
  readonly template: Template;
  readonly allowMissing: boolean;
  readonly root: unknown;
  /** Innermost last. */
  readonly variables: [name: string, value: unknown][];
  readonly depth: number;
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

/** Reads a Go template once, with `more` functions than Go's and kubectl's; the function fills it in. Throws TemplateError for a bad one, Error for what does not fit the data. */
export function goTemplate(
  source: string,
  allowMissing: boolean,
  more: ReadonlyMap<string, TemplateFunction> = noMore,
): (data: unknown) => string {
  const template = parseTemplate('output', source, new Set([...known, ...more.keys()]));
  return (data) => {
    const out: string[] = [];
    const variables: Scope['variables'] = [['$', data]];
    const scope: Scope = { template, allowMissing, root: data, variables, depth: 0, more };
    run(template.body, data, scope, out);
    return out.join('');
  };
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
  const body = scope.template.defined.get(node.name);
  if (!body) throw new Error(`template ${JSON.stringify(node.name)} not defined`);
  if (scope.depth >= depthMax) throw new Error(`exceeded maximum template depth (${depthMax})`);
  const data = node.pipeline ? valueOf(node.pipeline, dot, scope) : undefined;
  run(body, data, { ...scope, variables: [['$', data]], depth: scope.depth + 1 }, out);
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
    if (rest.length + last.length > 0)
      throw new Error(`can't give argument to non-function ${operandText(first!)}`);
    return operandValue(first!, dot, scope);
  }
  const { name } = first!;
  if (name === 'and' || name === 'or') return firstDecisive(name, rest, dot, scope, last);
  const args = [...rest.map((operand) => operandValue(operand, dot, scope)), ...last];
  const called = (scope.more.get(name) ?? functions.get(name)) as TemplateFunction;
  return called(...args);
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

const operandText = (operand: Operand): string =>
  operand.is === 'field'
    ? `.${operand.path.join('.')}`
    : operand.is === 'variable'
      ? operand.name
      : operand.is === 'dot'
        ? '.'
        : operand.is;

function operandValue(operand: Operand, dot: unknown, scope: Scope): unknown {
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
      return fields(found[1], operand.path, scope);
    }
    case 'function':
      return commandValue([operand], dot, scope, []);
    case 'pipeline':
      return fields(valueOf(operand.pipeline, dot, scope), operand.path, scope);
  }
}

function fields(value: unknown, path: readonly string[], scope: Scope): unknown {
  let present = value;
  for (const name of path) {
    if (present === null || present === undefined) {
      if (scope.allowMissing) return undefined;
      throw new Error(`nil data; no entry for key ${JSON.stringify(name)}`);
    }
    if (typeof present !== 'object' || Array.isArray(present))
      throw new Error(
        `can't evaluate field ${name} in type ${Array.isArray(present) ? '[]interface {}' : 'interface {}'}`,
      );
    if (!Object.hasOwn(present, name) && !scope.allowMissing)
      throw new Error(`map has no entry for key ${JSON.stringify(name)}`);
    present = indexed(present, name);
  }
  return present;
}
