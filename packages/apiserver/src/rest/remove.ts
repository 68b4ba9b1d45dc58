import { type KubeObject } from '@coxswain/api';
import { commitRemove, keyOfCall } from './commit.ts';
import { readFresh } from './get.ts';
import type { Verb } from './engine.ts';
import { plainResponse } from './pieces.ts';
import { objectOf } from '../watch-cache/index.ts';

export const remove: Verb = async (call) => {
  const cached = await readFresh(call);
  await commitRemove(call, keyOfCall(call), cached.revision);
  const { group, resource } = call.served.resource;
  const object: KubeObject = objectOf(cached);
  return plainResponse(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: call.name, ...(group && { group }), kind: resource, uid: object.metadata.uid },
  });
};
