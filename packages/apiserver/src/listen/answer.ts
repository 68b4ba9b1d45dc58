import { ApiError, internalError } from '@coxswain/api';
import type { Pieces, Request, Response } from '../chain/station.ts';
import { encodeResponse, type WireResponse } from '../rest/encode.ts';
import type { ApiServer } from '../server.ts';
import { gzipped, gzippedBatches } from './gzip.ts';
import { auditIdOf, type Incoming, requestOf, warningHeaders } from './request.ts';

/** Answers shorter than this are not worth compressing, as upstream has it. */
const gzipBytesMin = 128 * 1024;

export interface Answer extends WireResponse {
  readonly warnings: readonly string[];
}

/** The chain's answer to what came in, ready to be written; or the connection's hand-over. */
export async function answer(
  server: ApiServer,
  incoming: Incoming,
): Promise<Answer | Extract<Response, { as: 'upgrade' }>> {
  let warnings: readonly string[] = [];
  const auditId = auditIdOf(incoming, server.engine.world);
  try {
    const made = requestOf(incoming, auditId);
    warnings = made.warnings;
    const response = await server.respond(made.request);
    if (response.as === 'upgrade') return response;
    const encoded = encodeResponse(made.request, response);
    const isWhole = response.as === 'object' || isAtOnce(encoded.body);
    const wire = isWhole ? await compressed(made.request, encoded) : encoded;
    const headers = { 'audit-id': auditId, ...made.request.answerHeaders, ...wire.headers };
    const told = (bytes: number): void => server.answered(made.request, bytes);
    const body = isWhole ? counted(wire.body, told) : wire.body;
    return { code: wire.code, headers, body, warnings: warningHeaders(warnings) };
  } catch (error) {
    const known = error instanceof ApiError ? error : internalError(error);
    const body = [Buffer.from(`${JSON.stringify(known.toStatus())}\n`)];
    const headers = { 'audit-id': auditId, 'content-type': 'application/json' };
    return { code: known.code, headers, body, warnings: warningHeaders(warnings) };
  }
}

async function compressed({ headers }: Request, wire: WireResponse): Promise<WireResponse> {
  if (!headers['accept-encoding']?.includes('gzip')) return wire;
  if (wire.headers['content-encoding']) return wire;
  if (isAtOnce(wire.body) && bytesOf(wire.body) <= gzipBytesMin) return wire;
  const body = isAtOnce(wire.body) ? await gzipped(wire.body) : gzippedBatches(wire.body);
  const more = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' };
  return { code: wire.code, headers: { ...wire.headers, ...more }, body };
}

const bytesOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

const isAtOnce = (pieces: Pieces): pieces is readonly Uint8Array[] => Array.isArray(pieces);

/** The same pieces; `told` learns how many bytes they were. */
function counted(pieces: Pieces, told: (bytes: number) => void): Pieces {
  if (!isAtOnce(pieces)) return countedBatches(pieces, told);
  told(bytesOf(pieces));
  return pieces;
}

async function* countedBatches(
  batches: AsyncIterable<readonly Uint8Array[]>,
  told: (bytes: number) => void,
): AsyncGenerator<readonly Uint8Array[], void> {
  let bytes = 0;
  for await (const batch of batches) {
    bytes += bytesOf(batch);
    yield batch;
  }
  told(bytes);
}
