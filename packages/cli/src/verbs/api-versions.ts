import { type Command, command, type Words } from '../command/command.ts';
import { UsageError } from '../command/failure.ts';
import type { Session } from '../session/session.ts';

/** Throws for arguments where there can be none. */
export function noArguments({ args }: Pick<Words, 'args'>): void {
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
}

/** `kubectl api-versions`. */
export const apiVersions: Command = command({
  name: 'api-versions',
  usage: 'api-versions',
  summary: 'List the API versions that the server serves, as group/version',
  examples: '  api-versions | grep batch   # which versions of batch there are',
  flags: {},
  complete: noArguments,
  async run(_options: unknown, session: Session) {
    const { groups } = await session.discovery('fresh').catch((error: Error) => {
      const words = `couldn't get available api versions from server: ${error.message}`;
      throw new Error(words, { cause: error });
    });
    const all = groups.flatMap(({ name, versions }) =>
      versions.map((version) => (name ? `${name}/${version}` : version)),
    );
    session.io.out(
      all
        .toSorted()
        .map((each) => `${each}\n`)
        .join(''),
    );
  },
});
