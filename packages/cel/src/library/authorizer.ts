import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import type { CelType } from '../types/type.ts';
import { objectType } from '../types/type.ts';
import type { Value } from '../values/value.ts';
import { CelError, Opaque } from '../values/value.ts';

/** What an expression asks: for a path, or a verb on resources. Of whom: a service account, or who makes the request. */
export interface Question {
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly verb: string;
}

export interface Answer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/** Answers at once, or throws what makes its caller try the run again. */
export type Ask = (question: Question) => Answer;

interface Asking {
  readonly ask: Ask;
  readonly question: Omit<Question, 'verb'>;
}

const at = 'kubernetes.authorization.';
export const authorizerType: CelType = objectType(`${at}Authorizer`);
const pathType = objectType(`${at}PathCheck`);
const groupType = objectType(`${at}GroupCheck`);
export const resourceCheckType: CelType = objectType(`${at}ResourceCheck`);
const decisionType = objectType(`${at}Decision`);
const [A, P, G, R, D] = ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
  (name) => at + name,
);

const asking = (type: CelType, ask: Ask, question: Asking['question']): Opaque<Asking> =>
  new Opaque<Asking>(type, { ask, question }, (other) => other.question === question);

/** The variable `authorizer`. */
export const authorizerValue = (ask: Ask): Value => asking(authorizerType, ask, {});

/** The variable `authorizer.requestResource`. */
export const requestResourceValue = (ask: Ask, question: Asking['question']): Value =>
  asking(resourceCheckType, ask, question);

const filled = (text: string, what: string): string => {
  if (!text.trim()) throw new CelError(`${what} must not be empty`);
  return text;
};

const more =
  (type: CelType, part: (text: string) => Partial<Question>) =>
  ({ value }: Opaque<Asking>, text: string): Value =>
    asking(type, value.ask, { ...value.question, ...part(text) });

const narrowing = (name: keyof Question, id: string): FunctionDeclaration =>
  declare(name, [id, `${R}.(string) ${R}`, more(resourceCheckType, (text) => ({ [name]: text }))]);

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function serviceAccount({ value }: Opaque<Asking>, namespace: string, name: string): Value {
  if (!subdomain.test(name) || name.length > 253)
    throw new CelError('Invalid service account name');
  if (!label.test(namespace) || namespace.length > 63)
    throw new CelError('Invalid service account namespace');
  return asking(authorizerType, value.ask, { serviceAccount: { namespace, name } });
}

function decided({ value }: Opaque<Asking>, verb: string): Value {
  const answer = value.ask({ ...value.question, verb });
  return new Opaque<Answer>(decisionType, answer, (other) => other === answer);
}

type Decided = Opaque<Answer>;

/** Questions to the authorizer. */
export const authorization: readonly FunctionDeclaration[] = [
  declare('path', [
    'authorizer_path',
    `${A}.(string) ${P}`,
    more(pathType, (text) => ({ path: filled(text, 'path') })),
  ]),
  declare('group', [
    'authorizer_group',
    `${A}.(string) ${G}`,
    more(groupType, (group) => ({ group })),
  ]),
  declare('serviceAccount', [
    'authorizer_serviceaccount',
    `${A}.(string, string) ${A}`,
    serviceAccount,
  ]),
  declare('resource', [
    'groupcheck_resource',
    `${G}.(string) ${R}`,
    more(resourceCheckType, (text) => ({ resource: filled(text, 'resource') })),
  ]),
  narrowing('subresource', 'resourcecheck_subresource'),
  narrowing('namespace', 'resourcecheck_namespace'),
  narrowing('name', 'resourcecheck_name'),
  narrowing('fieldSelector', 'authorizer_fieldselector'),
  narrowing('labelSelector', 'authorizer_labelselector'),
  declare(
    'check',
    ['pathcheck_check', `${P}.(string) ${D}`, decided],
    ['resourcecheck_check', `${R}.(string) ${D}`, decided],
  ),
  declare('errored', [
    'decision_errored',
    `${D}.() bool`,
    ({ value }: Decided) => value.error !== undefined,
  ]),
  declare('error', ['decision_error', `${D}.() string`, ({ value }: Decided) => value.error ?? '']),
  declare('allowed', ['decision_allowed', `${D}.() bool`, ({ value }: Decided) => value.allowed]),
  declare('reason', ['decision_reason', `${D}.() string`, ({ value }: Decided) => value.reason]),
];
