import type { Carrier, Work } from '@coxswain/base';

/** Calls to servers outside count as work until their answer has been read: time that is moved does not run out on them. */
export const countedCarrier =
  (carry: Carrier, work: Work): Carrier =>
  async (call) => {
    const answer = await work.track(carry(call), 'calls to servers outside');
    return { ...answer, body: counted(answer.body, work) };
  };

async function* counted(body: AsyncIterable<Uint8Array>, work: Work): AsyncGenerator<Uint8Array> {
  using _reading = work.begin('calls to servers outside');
  yield* body;
}
