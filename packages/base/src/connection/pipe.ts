import type { ByteConnection } from './connection.ts';

/**
 * Carries bytes both ways until one side is done, then closes both: protocols that can be half closed say so in their own
 * frames. Never rejects: a side that breaks off is a side that is done. One that takes no more may have said something
 * before, which the other still gets.
 */
export async function pipe(left: ByteConnection, right: ByteConnection): Promise<void> {
  await Promise.all([carry(left, right), carry(right, left)]);
}

async function carry(from: ByteConnection, to: ByteConnection): Promise<void> {
  try {
    if (from.head.length > 0) await to.write(from.head);
    for await (const chunk of from.input) await to.write(chunk);
    from.end();
  } catch {
    // Closing it ends what it says, and with that the other way.
  } finally {
    to.end();
  }
}
