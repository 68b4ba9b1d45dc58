import { Failure } from '../command/verb.ts';
import type { ClusterContext } from './cluster-context.ts';

/** Starts node `number` with simulated containers. */
export async function startSimulatedNode(_context: ClusterContext, _number: number): Promise<void> {
  throw new Failure('simulated nodes come with the kubelet');
}
