import { sentence } from '@coxswain/base';
import type { Objection } from '@coxswain/scheduler';
import type { Messages } from './messages/index.ts';

/** What a plugin has against a pod: in numbers and names where it has them, else in its own sentence. */
export function objectionText(
  { reasons, facts }: Objection,
  { words }: Messages,
): readonly string[] {
  const told = facts.flatMap((each): string[] => {
    if ('resource' in each) return [sentence(words.needs, each)];
    if ('cordoned' in each) return [words.cordoned];
    if ('taint' in each) return [sentence(words.taint, each)];
    if ('label' in each) return [sentence(words.label, each)];
    if ('affinity' in each) return [sentence(words.affinity, each)];
    if ('port' in each) return [sentence(words.port, each)];
    if ('near' in each) return [sentence(words.near, each)];
    if ('far' in each) return [sentence(words.far, each)];
    if ('unwelcome' in each) return [words.unwelcome];
    if ('topologyKey' in each) return [sentence(words.spread, each)];
    return [];
  });
  return told.length > 0 ? told : reasons;
}
