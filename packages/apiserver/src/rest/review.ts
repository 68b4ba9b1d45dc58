import { ApiError } from '@coxswain/api';
import { admit, mutate } from './admit.ts';
import { withDefaults } from './create.ts';
import { decodeBody } from './decode.ts';
import type { Verb } from './engine.ts';
import { ownedBy } from './managed-fields.ts';
import { negotiate, plainObject } from './negotiate.ts';
import { inNamespace } from './object-meta.ts';
import { optionsObject, writeOptions } from './options.ts';
import { plainResponse } from './pieces.ts';

/** Answers an object that asks something and is never stored. */
export const review: Verb = async (call) => {
  const { served, request, engine } = call;
  negotiate(request.headers.accept, plainObject);
  const options = writeOptions(request, 'CreateOptions');
  const { group, resource, kind } = served.resource;
  const answer = engine.reviews.get(group ? `${resource}.${group}` : resource);
  if (!answer)
    throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  const body = await decodeBody(call, { apiVersion: served.apiVersion, kind }, options);
  const decoded = withDefaults(call, body);
  const placed = { ...decoded, metadata: inNamespace(call, decoded.metadata ?? {}) };
  const asked = ownedBy(call, undefined, placed, options.fieldManager);
  const admission = {
    operation: 'CREATE',
    dryRun: options.dryRun,
    before: undefined,
    options: optionsObject('CreateOptions', options),
  } as const;
  const object = (await mutate(call, { ...admission, object: asked }))!;
  await admit(call, { ...admission, object });
  return plainResponse(201, await answer(object, call));
};
