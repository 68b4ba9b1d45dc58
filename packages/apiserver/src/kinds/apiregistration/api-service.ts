import { APIServices, dns1035LabelErrors, formatTime } from '@coxswain/api';
import type {
  APIService,
  APIServiceCondition,
  APIServiceSpec,
} from '@coxswain/api/types/apiregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { dns1123Subdomain, pathSegmentName, portNumber } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<APIService>({}, 'kept from status');
const priorityMax = { group: 20_000, version: 1000 };
const servicePort = 443;

/** The name says which version of which group it is. */
const nameErrors = (name: string, _prefix: boolean, { spec }: APIService): readonly string[] => {
  const expected = `${spec.version ?? ''}.${spec.group ?? ''}`;
  const wrong = pathSegmentName(name);
  if (wrong.length > 0 || name === expected) return wrong;
  return [`must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`];
};

function* rules({ spec }: APIService): Rules {
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec;
  if (group) yield* allInvalid('spec.group', group, dns1123Subdomain(group));
  else if (version !== 'v1')
    yield required('spec.group', 'only v1 may have an empty group and it better be legacy kube');
  yield* allInvalid('spec.version', version, dns1035LabelErrors(version));
  for (const [field, value, max] of [
    ['groupPriorityMinimum', groupPriorityMinimum, priorityMax.group],
    ['versionPriority', versionPriority, priorityMax.version],
  ] as const)
    if (value <= 0 || value > max)
      yield invalidValue(`spec.${field}`, value, `must be positive and less than ${max}`);
  yield* serverRules(spec);
}

function* serverRules({ service, caBundle, insecureSkipTLSVerify }: APIServiceSpec): Rules {
  const insecure = 'spec.insecureSkipTLSVerify';
  const bundleBytes = caBundle?.length ?? 0;
  if (!service) {
    const why = 'local APIServices may not have';
    if (bundleBytes > 0)
      yield invalidValue('spec.caBundle', `${bundleBytes} bytes`, `${why} a caBundle`);
    if (insecureSkipTLSVerify) yield invalidValue(insecure, true, `${why} insecureSkipTLSVerify`);
    return;
  }
  if (!service.namespace) yield required('spec.service.namespace');
  if (!service.name) yield required('spec.service.name');
  const { port = 0 } = service;
  const wrong = portNumber(port);
  if (wrong.length > 0)
    yield invalidValue('spec.service.port', port, `port is not valid: ${wrong.join(', ')}`);
  if (insecureSkipTLSVerify && bundleBytes > 0)
    yield invalidValue(insecure, true, 'may not be true if caBundle is present');
}

/** What this server serves itself is there from the start. */
const localCondition = (nowMs: number): APIServiceCondition => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime: formatTime(nowMs),
  reason: 'Local',
  message: 'Local APIServices are always available',
});

const conditionStatuses = ['True', 'False', 'Unknown'];

function* statusRules({ status }: APIService): Rules {
  for (const [i, condition] of (status?.conditions ?? []).entries())
    if (!conditionStatuses.includes(condition.status ?? ''))
      yield notSupported(
        `status.conditions[${i}].status`,
        condition.status,
        conditionStatuses.toSorted(),
      );
}

function availableText({ spec, status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return spec.service ? 'Unknown' : 'True';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

/** A group and version of the API, and who serves it. */
export const apiServiceKind: Kind<APIService> = {
  resource: APIServices,
  categories: ['api-extensions'],
  generation: false,
  validateName: nameErrors,
  allowUnconditionalUpdate: false,
  ...split,
  prepareForCreate: (object, { nowMs }) => ({
    ...object,
    status: object.spec.service ? {} : { conditions: [localCondition(nowMs)] },
  }),
  status: { ...split.status, validateUpdate: statusRules },
  defaults: ({ spec }) => {
    if (spec.service) spec.service.port ??= servicePort;
  },
  validate: rules,
  columns: [
    nameColumn,
    textColumn('Service', 'Who serves it.', ({ spec }) =>
      spec.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    textColumn('Available', 'Whether it answers.', availableText),
    ageColumn,
  ],
};
