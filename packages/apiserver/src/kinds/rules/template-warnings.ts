import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import { dns1123Label } from './name.ts';
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

/** What a workload is warned of whose pods cannot have its name as their hostname. */
export function* podNameWarnings(name = ''): Generator<string, void, undefined> {
  const wrong = dns1123Label(name);
  if (wrong.length)
    yield `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(' ')}]`;
}
