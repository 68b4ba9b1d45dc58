import type { Relayed, StreamRequest } from '@coxswain/api/streaming';
import type { ServedNode } from './served-node.ts';

/** One request to the kubelet, authorised. */
export interface KubeletRequest extends StreamRequest {
  readonly path: string; // decoded, without query
  readonly query: URLSearchParams;
}

export type KubeletAnswer =
  | Relayed
  | {
      readonly as: 'stream';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: AsyncIterable<Uint8Array>;
    };

/** Answers the requests of one path; `parts` are the path's segments after its first. */
export type KubeletHandler = (
  request: KubeletRequest,
  parts: readonly string[],
  node: ServedNode,
) => Promise<KubeletAnswer> | KubeletAnswer;

const encoder = new TextEncoder();

/** A line of text. */
export const textAnswer = (
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): KubeletAnswer => ({
  as: 'answer',
  status,
  headers: [['Content-Type', type]],
  body: encoder.encode(text),
});

export const jsonAnswer = (object: unknown): KubeletAnswer =>
  textAnswer(200, JSON.stringify(object), 'application/json');

export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
