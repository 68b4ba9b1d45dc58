import {
  canonicalQuantity,
  Namespaces,
  parseSelector,
  PodDisruptionBudgets,
  PriorityClasses,
  ResourceQuotas,
  ServiceAccounts,
} from '@coxswain/api';
import type { Command } from '../../command/command.ts';
import { bool, int, text } from '../../command/flags.ts';
import { generatorCommand, needName, type Wish } from './generator.ts';
import { portOrName } from './service.ts';

const named = ({ name }: Pick<Wish, 'name'>): { metadata: { name: string } } => ({
  metadata: { name },
});

/** `kubectl create namespace`. */
export const namespace: Command = generatorCommand({
  name: 'namespace',
  aliases: ['ns'],
  usage: 'namespace NAME [--dry-run=server|client|none]',
  summary: 'Create a namespace',
  examples: '  create namespace shop',
  flags: {},
  resource: Namespaces,
  check: needName,
  draft: named,
});

/** `kubectl create serviceaccount`. */
export const serviceAccount: Command = generatorCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'serviceaccount NAME [--dry-run=server|client|none]',
  summary: 'Create a service account',
  examples: '  create serviceaccount bot',
  flags: {},
  resource: ServiceAccounts,
  failure: 'failed to create serviceaccount: ',
  check: needName,
  draft: named,
});

/** Reads `cpu=1,pods=2`. Throws kubectl's words. */
export function resourceList(spec: string): Readonly<Record<string, string>> {
  if (spec === '') return {};
  return Object.fromEntries(
    spec.split(',').map((pair) => {
      const [name = '', amount, more] = pair.split('=');
      if (amount === undefined || more !== undefined)
        throw new Error(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      return [name, canonicalQuantity(amount)];
    }),
  );
}

/** `kubectl create quota`. */
export const quota: Command = generatorCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  usage:
    'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  summary: 'Create a resource quota: what a namespace may use at most',
  examples: `  create quota small --hard=cpu=4,memory=8Gi,pods=20
  create quota batch --hard=pods=100 --scopes=BestEffort`,
  flags: {
    hard: text('', 'Limits as RESOURCE=QUANTITY, with commas between them'),
    scopes: text('', 'Scopes, with commas between them, that objects must all match'),
  },
  resource: ResourceQuotas,
  failure: 'failed to create quota: ',
  check: needName,
  draft({ name, flags }) {
    const hard = resourceList(flags.hard);
    const scopes = flags.scopes === '' ? [] : flags.scopes.split(',');
    if (scopes.includes('')) throw new Error('invalid resource quota scope ""');
    return { metadata: { name }, spec: { hard, scopes } };
  },
});

/** One expression of a selector. */
export interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

const operators: Readonly<Record<string, string>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

/** A selector as objects hold it, of its text. */
export function labelSelector(given: string): LabelSelector {
  try {
    const matchLabels: Record<string, string> = {};
    const matchExpressions: Expression[] = [];
    for (const { key, operator, values } of parseSelector(given).requirements) {
      if (operator === '=' || operator === '==') {
        matchLabels[key] = values[0] ?? '';
        continue;
      }
      const known = operators[operator];
      if (!known)
        throw new Error(`${JSON.stringify(operator)} is not a valid label selector operator`);
      matchExpressions.push({ key, operator: known, values: [...values].toSorted() });
    }
    return { matchLabels, matchExpressions };
  } catch (cause) {
    throw new Error(
      `couldn't parse the selector string ${JSON.stringify(given)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** `kubectl create poddisruptionbudget`. */
export const podDisruptionBudget: Command = generatorCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  usage:
    'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  summary: 'Create a pod disruption budget: how many pods must stay when some are moved',
  examples: `  create pdb web --selector=app=web --min-available=2
  create pdb web --selector=app=web --max-unavailable=25%`,
  flags: {
    'max-unavailable': text('', 'How many pods, or what share, may be away'),
    'min-available': text('', 'How many pods, or what share, must be there'),
    selector: text('', 'Labels of the pods, by equality'),
  },
  resource: PodDisruptionBudgets,
  failure: 'failed to create poddisruptionbudgets: ',
  check({ name, flags }) {
    needName({ name });
    const [least, most] = [flags['min-available'], flags['max-unavailable']];
    if (!flags.selector) throw new Error('a selector must be specified');
    if (!least && !most)
      throw new Error('one of min-available or max-unavailable must be specified');
    if (least && most)
      throw new Error('min-available and max-unavailable cannot be both specified');
    const wrong = Object.entries({ 'min-available': least, 'max-unavailable': most }).find(
      ([, value]) => value && !/^\d+%?$/.test(value),
    );
    if (wrong) throw new Error(`invalid format specified for ${wrong[0]}`);
  },
  draft({ name, flags }) {
    const [least, most] = [flags['min-available'], flags['max-unavailable']];
    return {
      metadata: { name },
      spec: {
        selector: labelSelector(flags.selector),
        ...(least ? { minAvailable: portOrName(least) } : { maxUnavailable: portOrName(most) }),
      },
    };
  },
});

/** `kubectl create priorityclass`. */
export const priorityClass: Command = generatorCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  usage: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  summary: 'Create a priority class',
  examples: `  create priorityclass high --value=1000 --description="what must run"
  create priorityclass usual --value=100 --global-default`,
  flags: {
    description: text('', 'What the class is for'),
    'global-default': bool(false, 'Pods that name no class are of this one'),
    'preemption-policy': text(
      'PreemptLowerPriority',
      'Whether pods of the class push others out: PreemptLowerPriority or Never',
    ),
    value: int(0, 'The priority', { type: 'int32' }),
  },
  resource: PriorityClasses,
  failure: 'failed to create priorityclass: ',
  draft: ({ name, flags }) => ({
    metadata: { name },
    value: flags.value,
    globalDefault: flags['global-default'],
    description: flags.description,
    preemptionPolicy: flags['preemption-policy'],
  }),
});
