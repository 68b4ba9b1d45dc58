import { ApiError } from '@coxswain/api';
import type { ComponentStatus } from '@coxswain/api/types/core-v1';
import type { Call, ComponentProbe, Verb } from './engine.ts';
import { everything, negotiate } from './negotiate.ts';
import { plainResponse } from './pieces.ts';
import { tableOf } from './table.ts';

/** The parts of the control plane and how they are, asked on the spot: all of them, or one by its name. */
export const componentStatus: Verb = async (call) => {
  const { engine, name, request, served } = call;
  const { as } = negotiate(request.headers.accept, everything);
  const { apiVersion } = served;
  if (request.info.verb === 'list') {
    const items = await Promise.all(engine.components.map((probe) => ask(call, probe)));
    if (as?.kind === 'Table')
      return plainResponse(200, tableOf(call, as.version, items, 'Object', {}));
    return plainResponse(200, { kind: 'ComponentStatusList', apiVersion, metadata: {}, items });
  }
  const probe = engine.components.find((each) => each.name === name);
  if (!probe) throw new ApiError(500, '', `Component not found: ${name}`);
  const object = await ask(call, probe);
  if (as?.kind === 'Table')
    return plainResponse(200, tableOf(call, as.version, [object], 'Object', {}));
  return plainResponse(200, object);
};

async function ask({ request, served }: Call, probe: ComponentProbe): Promise<ComponentStatus> {
  const condition = await probe.check(request.signal).then(
    (message) => ({ type: 'Healthy', status: 'True', message }),
    (error: unknown) => ({
      type: 'Healthy',
      status: 'False',
      error: error instanceof Error ? error.message : String(error),
    }),
  );
  const { apiVersion, resource } = served;
  return {
    kind: resource.kind,
    apiVersion,
    metadata: { name: probe.name },
    conditions: [condition],
  };
}
