import { ApiError, internalError } from '@coxswain/api';
import type { Request, Response } from '../chain/station.ts';
import { encodeResponse, type WireResponse } from '../rest/encode.ts';
import type { ApiServer } from '../server.ts';
import { gzipped } from './gzip.ts';
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
    const wire = await compressed(made.request, encodeResponse(made.request, response));
    const headers = { 'audit-id': auditId, ...made.request.answerHeaders, ...wire.headers };
    if (Array.isArray(wire.body)) server.answered(made.request, bytesOf(wire.body));
    return { ...wire, headers, warnings: warningHeaders(warnings) };
  } catch (error) {
    const known = error instanceof ApiError ? error : internalError(error);
    const body = [Buffer.from(`${JSON.stringify(known.toStatus())}\n`)];
    const headers = { 'audit-id': auditId, 'content-type': 'application/json' };
    return { code: known.code, headers, body, warnings: warningHeaders(warnings) };
  }
}

async function compressed({ headers }: Request, wire: WireResponse): Promise<WireResponse> {
  if (!Array.isArray(wire.body)) return wire;
  const pieces = wire.body as readonly Uint8Array[];
  if (!headers['accept-encoding']?.includes('gzip')) return wire;
  const size = bytesOf(pieces);
  if (size <= gzipBytesMin || wire.headers['content-encoding']) return wire;
  const body = await gzipped(pieces);
  const more = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' };
  return { code: wire.code, headers: { ...wire.headers, ...more }, body };
}

const bytesOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);
