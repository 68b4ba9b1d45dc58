import { PodTemplates } from '@coxswain/api';
import type { PodTemplate } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { containerColumns, nameColumn, textColumn } from '../rules/columns.ts';
import { labelsText } from '../rules/labels.ts';
import { podTemplateDefaults } from '../rules/pod-defaults.ts';
import { podTemplate } from '../rules/pod-template.ts';
import { templateWarnings } from '../rules/template-warnings.ts';

/** A template of pods that stands by itself. */
export const podTemplateKind: Kind<PodTemplate> = {
  resource: PodTemplates,
  defaults: (draft) => podTemplateDefaults((draft.template ??= {})),
  validate: ({ template }) => podTemplate('template', template ?? {}),
  warnings: ({ template }, before) => templateWarnings('template.', template, before?.template),
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>(({ template }) => template?.spec?.containers),
    textColumn('Pod Labels', 'The labels that its pods carry.', ({ template }) =>
      labelsText(template?.metadata?.labels),
    ),
  ],
};
