import type { PodSpec, PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';
import { forbiddenField, invalidValue, required, type Rules } from './field.ts';
import { isEmptySelector, labels, annotations, selects } from './labels.ts';
import { podAnnotations } from './pod-annotations.ts';
import { podSpec } from './pod-spec.ts';

const noSpec: PodSpec = { containers: [] };

/** Rules of a template of pods. */
export function* podTemplate(path: string, template: PodTemplateSpec): Rules {
  const { metadata = {}, spec = noSpec } = template;
  if (metadata.labels) yield* labels(`${path}.labels`, metadata.labels);
  if (metadata.annotations) {
    yield* annotations(`${path}.annotations`, metadata.annotations);
    yield* podAnnotations(`${path}.annotations`, metadata.annotations, spec);
  }
  yield* podSpec(`${path}.spec`, spec, { isPod: false, meta: undefined });
  if (spec.ephemeralContainers?.length)
    yield forbiddenField(
      `${path}.spec.ephemeralContainers`,
      'ephemeral containers not allowed in pod template',
    );
}

/** A selector must pick the pods that its own template makes. */
export function* templateSelected(
  path: string,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
): Rules {
  const pairs = template.metadata?.labels;
  // No selector at all picks nothing, an empty one everything.
  if (!selector || (!isEmptySelector(selector) && !selects(selector, pairs ?? {})))
    yield invalidValue(
      `${path}.metadata.labels`,
      pairs,
      '`selector` does not match template `labels`',
    );
}

/** Rules of the template of a controller whose pods run for ever. */
export function* lastingTemplate(
  path: string,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: string,
): Rules {
  if (!template) {
    yield required(path);
    return;
  }
  yield* templateSelected(path, selector, template);
  yield* podTemplate(path, template);
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? noSpec;
  if (restartPolicy !== 'Always')
    yield {
      type: 'FieldValueNotSupported',
      field: `${path}.spec.restartPolicy`,
      value: restartPolicy ?? '',
      detail: 'supported values: "Always"',
    };
  if (activeDeadlineSeconds !== undefined)
    yield forbiddenField(
      `${path}.spec.activeDeadlineSeconds`,
      `activeDeadlineSeconds in ${kind} is not Supported`,
    );
}
