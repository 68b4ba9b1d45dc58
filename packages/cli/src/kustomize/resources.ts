import { goText } from '../printers/go-text.ts';
import { fieldOf } from './fields.ts';
import type { Loader } from './loader.ts';
import { isEmpty, isNull, type Node, readNodes } from './node.ts';
import {
  annotationsOf,
  labelsOf,
  nameOf,
  namespaceOf,
  type Resource,
  resourceOf,
} from './resource.ts';

/** The objects of a text, lists taken apart. Throws for what is no object. */
export function readResources(text: string): readonly Resource[] {
  const nodes = readNodes(text);
  const [only] = nodes;
  const kind = nodes.length === 1 ? fieldOf(only, 'kind')?.value : undefined;
  const items = fieldOf(only, 'items');
  const isWrapped = (kind === 'List' || kind === 'ResourceList') && items !== undefined;
  const left = withoutBad(isWrapped ? items.items : nodes);
  const found: Node[] = [];
  for (let node = left.shift(); node; node = left.shift()) {
    const list = fieldOf(node, 'items');
    if (!fieldOf(node, 'kind')?.value.endsWith('List') || !list) found.push(node);
    else if (!isNull(list)) left.push(...withoutBad(list.items));
  }
  return found.map(resourceOf);
}

function withoutBad(nodes: readonly Node[]): Node[] {
  return nodes.filter((node) => {
    if (isEmpty(node)) return false;
    const wrong = wrongMetadata(resourceOf(node));
    if (wrong) throw new Error(wrong);
    return true;
  });
}

/** What an object lacks to be one, in kustomize's words. */
export function wrongMetadata(resource: Resource): string | undefined {
  const { node } = resource;
  const text = (name: string): string => {
    const found = fieldOf(node, name);
    return isEmpty(found) ? '' : found!.value;
  };
  const [apiVersion, kind, name] = [text('apiVersion'), text('kind'), nameOf(resource)];
  if (!apiVersion && !kind && isEmpty(fieldOf(node, 'metadata')))
    return 'missing Resource metadata';
  const shown = `{{${apiVersion} ${kind}} {{${name} ${namespaceOf(resource)}} ${goText(labelsOf(resource))} ${goText(annotationsOf(resource))}}}`;
  if (!kind) return `missing kind in object ${shown}`;
  return name || kind.endsWith('List') ? undefined : `missing metadata.name in object ${shown}`;
}

/** The objects of a file. */
export async function readFile(loader: Loader, path: string): Promise<readonly Resource[]> {
  const text = String(await loader.load(path));
  try {
    return readResources(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(isMalformed(cause) ? `${message} in File: ${path}` : message, { cause });
  }
}

/** The text was no YAML at all. */
export const isMalformed = (error: unknown): boolean =>
  (error as Error).message.includes('MalformedYAMLError');
