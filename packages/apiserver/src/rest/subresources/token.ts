import { ApiError } from '@coxswain/api';
import { admit, mutate } from '../admit.ts';
import { decodeBody } from '../decode.ts';
import type { Subresource } from '../engine.ts';
import { readFresh } from '../get.ts';
import { optionsObject, writeOptions } from '../options.ts';
import { plainResponse } from '../pieces.ts';
import { checkAccept } from '../respond.ts';

/** Makes a token of a service account; who signs is the review `serviceaccounts/token`. */
export const token: Subresource = {
  async create(call) {
    checkAccept(call);
    const options = writeOptions(call.request, 'CreateOptions');
    const asked = await decodeBody(
      call,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
      options,
    );
    const sign = call.engine.reviews.get('serviceaccounts/token');
    if (!sign)
      throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
    await readFresh(call);
    const admission = {
      operation: 'CREATE',
      dryRun: options.dryRun,
      before: undefined,
      options: optionsObject('CreateOptions', options),
    } as const;
    const object = (await mutate(call, { ...admission, object: asked }))!;
    await admit(call, { ...admission, object });
    return plainResponse(201, await sign(object, call));
  },
};
