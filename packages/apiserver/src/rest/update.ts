import { decide, refusal } from '../chain/authorize.ts';
import { createObject, prepareNew, withDefaults } from './create.ts';
import { decodeBody } from './decode.ts';
import type { Call, Verb } from './engine.ts';
import { type Facet, whole } from './facet.ts';
import { ownedBy } from './managed-fields.ts';
import { checkName, checkUid, modify } from './modify.ts';
import { keyOfCall } from './commit.ts';
import { inNamespace } from './object-meta.ts';
import { writeOptions } from './options.ts';
import { checkAccept, respondFacet } from './respond.ts';
import { type Untouched, untouched } from './untouched.ts';

/** PUT of an object, or of the part of it that `facet` is. */
export const updateOf =
  (facet: Facet): Verb =>
  async (call) => {
    const { request, served } = call;
    checkAccept(call);
    const options = writeOptions(request, 'UpdateOptions');
    const expected = facet.kind ?? { apiVersion: served.apiVersion, kind: served.resource.kind };
    const kept = facet.kind ? undefined : keptOfStored(call);
    const decoding = decodeBody(call, expected, options, kept);
    const decoded = decoding instanceof Promise ? await decoding : decoding;
    const view = facet.kind ? decoded : withDefaults(call, decoded);
    inNamespace(call, view.metadata);
    checkName(call, view);
    const create = async (): ReturnType<typeof createObject> => {
      checkUid(call, view.metadata.uid, options);
      await checkMayCreate(call);
      const made = ownedBy(call, undefined, prepareNew(call, view), options.fieldManager);
      return createObject(call, made, options);
    };
    const mayCreate = facet.isWhole && served.kind.allowCreateOnUpdate === true;
    const modified = await modify(call, options, {
      facet,
      next(before) {
        checkUid(call, view.metadata.uid, options, before);
        return facet.merge?.(view, before, call) ?? view;
      },
      create: mayCreate ? create : undefined,
    });
    return respondFacet(call, facet, modified);
  };

export const update: Verb = updateOf(whole);

/** What a component in this process sends back of an object that the cache has lent to it. */
function keptOfStored(call: Call): Untouched | undefined {
  const { body } = call.request;
  const lent = body.from === 'memory' && call.served.cache?.get(keyOfCall(call))?.object;
  return lent && typeof body.object === 'object' ? untouched(call, body.object!, lent) : undefined;
}

/** A PUT or an apply of what is not there creates it, if the user may create. */
export async function checkMayCreate({ request, engine, context: { user } }: Call): Promise<void> {
  const info = { ...request.info, verb: 'create' };
  const { decision, reason } = await decide(engine.authorizers, user, info, request.signal);
  if (decision !== 'allow') throw refusal(user, info, reason);
}
