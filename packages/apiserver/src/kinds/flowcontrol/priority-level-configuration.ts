import { PriorityLevelConfigurations } from '@coxswain/api';
import type {
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '@coxswain/api/types/flowcontrol-v1';
import type { Column, Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { forbiddenField } from '../rules/field.ts';
import { splitStatus } from '../rules/split.ts';
import { levelRules } from './level-rules.ts';
import { mandatoryLevel } from './mandatory.ts';
import { conditionRules } from './schema-rules.ts';

const shares = 30;
const queues = { handSize: 8, queues: 64, queueLengthLimit: 50 };

const queueColumn = (
  name: string,
  description: string,
  field: keyof QueuingConfiguration,
): Column<PriorityLevelConfiguration> =>
  textColumn(
    name,
    description,
    ({ spec }) => spec.limited?.limitResponse?.queuing?.[field] ?? '<none>',
  );

const split = splitStatus<PriorityLevelConfiguration>({}, 'kept from status');
/** Means something only in a version that is no longer served. */
const olderAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

/** How many requests of one priority are served at once. */
export const priorityLevelConfigurationKind: Kind<PriorityLevelConfiguration> = {
  resource: PriorityLevelConfigurations,
  ...split,
  status: {
    ...split.status,
    validateUpdate: ({ status }) => conditionRules(status?.conditions),
  },
  defaults: ({ spec }) => {
    if (spec.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
    if (!spec.limited) return;
    spec.limited.nominalConcurrencyShares ??= shares;
    spec.limited.lendablePercent ??= 0;
    const queuing = spec.limited.limitResponse?.queuing;
    if (!queuing) return;
    queuing.handSize ||= queues.handSize;
    queuing.queues ||= queues.queues;
    queuing.queueLengthLimit ||= queues.queueLengthLimit;
  },
  *validate({ metadata, spec, status }) {
    if (metadata.annotations?.[olderAnnotation] !== undefined)
      yield forbiddenField('metadata.annotations', `annotation '${olderAnnotation}' is forbidden`);
    yield* levelRules(metadata.name, spec);
    yield* mandatoryLevel(metadata.name, spec);
    yield* conditionRules(status?.conditions);
  },
  columns: [
    nameColumn,
    textColumn('Type', 'Whether there is a limit.', ({ spec }) => spec.type),
    textColumn(
      'NominalConcurrencyShares',
      'Its share of all places.',
      ({ spec }) => spec.limited?.nominalConcurrencyShares ?? '<none>',
    ),
    queueColumn('Queues', 'How many queues it has.', 'queues'),
    queueColumn('HandSize', 'How many of them one flow may use.', 'handSize'),
    queueColumn('QueueLengthLimit', 'How many requests wait in one at most.', 'queueLengthLimit'),
    ageColumn,
  ],
};
