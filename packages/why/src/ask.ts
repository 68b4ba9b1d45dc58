import {
  type FieldError,
  forbidden,
  invalid,
  notFound,
  pathSegmentErrors,
  type Resource,
  type UserInfo,
} from '@coxswain/api';
import { type Answer, answerOf, canAnswerOf, drainAnswerOf } from './answer.ts';
import { groupsOf, whyCan } from './can.ts';
import { planDrain } from './drain.ts';
import { explain, resourceNamed } from './explain.ts';
import type { Look } from './look.ts';

/** What is asked: about one object, about what somebody may do, or what a drain would do. Exactly one; `WhyReview.spec`. */
export interface Question {
  readonly about?: {
    /** Kind, resource or short name, with the group where it is not plain: `Pod`, `deploy`, `widgets.example.com`. */
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly can?: {
    /** Whoever asks, when absent. */
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly verb: string;
    readonly resource: string; // `pods`, `pods/log`, `deployments.apps`
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly drain?: { readonly node: string };
}

const group = 'coxswain.dev';

/** Answers a question by what `look` shows. Throws ApiError: nothing of that name, a question that is none. */
export async function answer(question: Question, asker: UserInfo, look: Look): Promise<Answer> {
  const errors = [...wrongIn(question)];
  if (errors.length > 0)
    throw invalid({ group, resource: 'whyreviews', kind: 'WhyReview', name: '' }, errors);
  if (question.can) return whyMay(question.can, asker, look);
  if (question.drain) {
    const { node } = question.drain;
    const plan = await planDrain(node, look);
    if (!plan) throw notFound({ group: '', resource: 'nodes', name: node });
    return drainAnswerOf(plan, look);
  }
  const { kind, name, namespace } = question.about!;
  const resource = await resourceNamed(kind, look);
  if (!resource) throw unknownKind(kind);
  const object = await look.get(
    resource,
    name,
    resource.namespaced ? (namespace ?? 'default') : undefined,
  );
  if (!object) throw absent(resource, name, look);
  return answerOf(await explain(resource, object, look), look);
}

async function whyMay(
  can: NonNullable<Question['can']>,
  asker: UserInfo,
  look: Look,
): Promise<Answer> {
  const [path = '', subresource = ''] = can.resource.split('/');
  const found = await resourceNamed(path, look);
  const [plain = '', ...rest] = path.split('.');
  const isSelf = can.user === undefined;
  const user = can.user ?? asker.name;
  const question = {
    ...{ user, verb: can.verb, subresource },
    groups: isSelf ? asker.groups : groupsOf(user, can.groups ?? []),
    group: found?.group ?? rest.join('.'),
    resource: found?.resource ?? plain,
    name: can.name ?? '',
    namespace: found?.namespaced === false ? '' : (can.namespace ?? ''),
  };
  return canAnswerOf(question, await whyCan(question, look), look);
}

function* wrongIn({ about, can, drain }: Question): Generator<FieldError> {
  const required = (field: string, detail = ''): FieldError => ({
    type: 'FieldValueRequired',
    field,
    detail,
  });
  if ([about, can, drain].filter(Boolean).length !== 1)
    yield required('spec', 'exactly one of `about`, `can` and `drain`');
  if (about && !about.kind) yield required('spec.about.kind');
  if (about && !about.name) yield required('spec.about.name');
  if (can && !can.verb) yield required('spec.can.verb');
  if (can && !can.resource) yield required('spec.can.resource');
  if (drain && !drain.node) yield required('spec.drain.node');
  // They will stand in paths: a name that goes on in one would ask for something else than was checked.
  for (const [field, value = ''] of [
    ['spec.about.name', about?.name],
    ['spec.about.namespace', about?.namespace],
    ['spec.drain.node', drain?.node],
  ] as const)
    for (const detail of pathSegmentErrors(value))
      yield { type: 'FieldValueInvalid', field, value, detail };
}

const unknownKind = (kind: string): Error =>
  invalid({ group, resource: 'whyreviews', kind: 'WhyReview', name: '' }, [
    {
      type: 'FieldValueInvalid',
      field: 'spec.about.kind',
      value: kind,
      detail: 'the server has no resource of that name',
    },
  ]);

/** In the words of who may not read it, where that is so: whether it exists is then not told either. */
const absent = ({ group: of, resource }: Resource, name: string, look: Look): Error =>
  look.hidden.has(resource)
    ? forbidden(
        { group: of, resource, name },
        'who may not read an object may not ask why about it',
      )
    : notFound({ group: of, resource, name });
