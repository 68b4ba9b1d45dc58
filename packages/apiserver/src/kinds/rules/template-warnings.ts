import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import { podWarnings } from './pod-warnings.ts';

/** What is unwise in a template; a template that did not change was warned of before. */
export function* templateWarnings(
  prefix: string,
  template: PodTemplateSpec | undefined,
  before?: PodTemplateSpec,
): Generator<string, void, undefined> {
  if (template?.spec && template !== before)
    yield* podWarnings(prefix, template.spec, template.metadata?.annotations);
}
