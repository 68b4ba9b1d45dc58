import { type Facts, sentence } from '@coxswain/base';
import type { Unstructured } from '../../objects/info.ts';
import type { Messages } from '../../messages/index.ts';
import { conversionOf } from './conversions.ts';
import { type Draft, drop, each, type Tell } from './draft.ts';

/** A manifest for today, and what there is to tell of it, a line each. */
export interface Rewritten {
  readonly object: Unstructured;
  readonly lines: readonly string[];
  /** It is of a version that is gone, and nothing came after it. */
  readonly isLost: boolean;
}

/** Rewrites a manifest, a list by its items; with `wanted` only what goes to that version. */
export function rewrite(given: Unstructured, messages: Messages, wanted = ''): Rewritten {
  if (given.kind === 'List' && given.apiVersion === 'v1') {
    const items = each(given['items']).map((item) =>
      rewrite(item as unknown as Unstructured, messages, wanted),
    );
    return {
      object: { ...given, items: items.map(({ object }) => object) },
      lines: items.flatMap(({ lines }) => lines),
      isLost: items.some(({ isLost }) => isLost),
    };
  }
  const object = structuredClone(given) as Draft & Unstructured;
  const notes: string[] = [];
  const tell: Tell = (note, facts: Facts = {}) =>
    void notes.push(`  ${sentence(messages.notes[note], facts)}\n`);
  const { apiVersion = '', kind = '' } = given;
  const found = conversionOf(apiVersion, kind);
  const title = `${kind}/${given.metadata?.name ?? ''}`;
  if (found?.instead) {
    tell(found.instead);
    const facts = { title, from: apiVersion, release: found.removedIn };
    const line = `${sentence(messages.convert.lost, facts)}\n`;
    return { object, lines: [line, ...notes], isLost: true };
  }
  const isWanted = found?.to !== undefined && (wanted === '' || wanted === found.to);
  if (isWanted) {
    Object.assign(object, { apiVersion: found.to, metadata: object.metadata ?? {} });
    for (const change of found.changes) change(object, tell);
    drop(object, 'status', tell);
    drop(object['metadata'] as Draft, 'managedFields', tell, 'metadata.');
  }
  references(object, tell);
  if (!isWanted && notes.length === 0) return { object: given, lines: [], isLost: false };
  const facts = {
    title,
    from: apiVersion,
    to: object.apiVersion!,
    release: found?.removedIn ?? '',
  };
  const line = sentence(isWanted ? messages.convert.changed : messages.convert.touched, facts);
  return { object, lines: [`${line}\n`, ...notes], isLost: false };
}

/** Autoscalers name what they scale with its version. */
function references({ spec }: Draft, tell: Tell): void {
  for (const field of ['scaleTargetRef', 'targetRef']) {
    const reference = spec?.[field] as Draft | undefined;
    const found = conversionOf(String(reference?.['apiVersion']), String(reference?.['kind']));
    if (!reference || !found?.to) continue;
    reference['apiVersion'] = found.to;
    tell('replaced', { field: `spec.${field}.apiVersion`, from: found.from, to: found.to });
  }
}
