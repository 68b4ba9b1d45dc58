import type { ByteConnection } from './connection.ts';

/**
 * Carries bytes both ways until one side is done, then closes both: protocols that can be half closed say so in their own
 * frames. Never rejects: a side that breaks off is a side that is done.
 */
export async function pipe(left: ByteConnection, right: ByteConnection): Promise<void> {
  const close = (): void => {
    left.end();
    right.end();
  };
  await Promise.all([copy(left, right).finally(close), copy(right, left).finally(close)]).catch(
    () => {
      left.destroy();
      right.destroy();
    },
  );
}

async function copy(from: ByteConnection, to: ByteConnection): Promise<void> {
  if (from.head.length > 0) await to.write(from.head);
  for await (const chunk of from.input) await to.write(chunk);
}
