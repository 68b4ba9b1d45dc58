import { goTemplate, type TemplateFunction } from '@coxswain/cli/go-template';
import { parse } from 'yaml';

/** What templates may ask beside the object itself: KWOK's functions that depend on the node. */
export interface TemplatePlace {
  readonly now: () => string;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly nodePort: number;
  readonly nodeIpOf: (node: string) => string;
  readonly podIpOf: (node: string, onHost: boolean, uid: string) => string;
  readonly conditions: () => readonly object[];
  readonly version: string;
}

/** As Go's JSON, in which every text is also YAML. */
const quote = (value: unknown): string => JSON.stringify(String(value ?? ''));

const functionsOf = (place: TemplatePlace): Readonly<Record<string, TemplateFunction>> => ({
  Now: () => place.now(),
  StartTime: () => place.now(),
  Quote: quote,
  // On one line, which is YAML at any depth below the line before it.
  YAML: (value, depth = 0) => `${'  '.repeat(Number(depth))}${JSON.stringify(value)}`,
  Version: () => place.version,
  NodeName: () => place.nodeName,
  NodeIP: () => place.nodeIp,
  NodePort: () => place.nodePort,
  NodeConditions: () => place.conditions(),
  NodeIPs: () => [place.nodeIp],
  NodeIPsWith: (node) => [place.nodeIpOf(String(node))],
  PodIPsWith: (node, onHost, uid) => [place.podIpOf(String(node), onHost === true, String(uid))],
  NodeIPWith: (node) => place.nodeIpOf(String(node)),
  PodIPWith: (node, onHost, uid) => place.podIpOf(String(node), onHost === true, String(uid)),
  dict: (...pairs) =>
    Object.fromEntries(pairs.flatMap((key, at) => (at % 2 ? [] : [[String(key), pairs[at + 1]]]))),
  add1: (value) => Number(value) + 1,
  now: () => place.now(),
});

const read = new Map<string, ReturnType<typeof goTemplate>>();
let place: TemplatePlace | undefined;
const known = new Map<string, TemplateFunction>(
  Object.keys(functionsOf({} as TemplatePlace)).map((name) => [
    name,
    (...args) => functionsOf(place!)[name]!(...args),
  ]),
);

/** The template filled in for `object`. */
export function renderText(template: string, object: unknown, at: TemplatePlace): string {
  let run = read.get(template);
  if (!run) read.set(template, (run = goTemplate(template, true, known)));
  place = at; // templates run to their end at once
  return run(object);
}

/** The same, read as YAML. */
export const renderYaml = (template: string, object: unknown, at: TemplatePlace): unknown =>
  parse(renderText(template, object, at));
