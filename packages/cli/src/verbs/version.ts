import { encodeYaml } from '@coxswain/api';
import { type Command, command } from '../command/command.ts';
import { bool, text } from '../command/flags.ts';
import { kubectlVersion, kustomizeVersion } from '../command/versions.ts';
import { goJson } from '../printers/go-json.ts';
import { discovering } from '../session/media.ts';
import type { Session } from '../session/session.ts';

interface Version {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** Minor versions that client and server may be apart. */
const skewMax = 1;

/** `kubectl version`. */
export const version: Command = command({
  name: 'version',
  usage: 'version [flags]',
  summary: 'Show the versions of client and server',
  examples: `  version
  version --client -o json`,
  flags: {
    client: bool(false, 'Show the version of the client only; no server is asked'),
    output: text('', 'Output format: json or yaml', { short: 'o' }),
  },
  complete({ flags, args }) {
    // With --client kubectl does not look at them.
    if (args.length > 0 && !flags.client) throw new Error(`extra arguments: [${args.join(' ')}]`);
    if (!['', 'json', 'yaml'].includes(flags.output))
      throw new Error("--output must be 'yaml' or 'json'");
    return flags;
  },
  run: async ({ client, output }, session) => {
    const server = client ? undefined : await serverVersion(session);
    const known = server instanceof Error ? undefined : server;
    const whole = {
      clientVersion: clientVersion(),
      kustomizeVersion,
      ...(known && { serverVersion: known }),
    };
    if (output === 'json') session.io.out(`${goJson(whole, '  ', '', 'struct')}\n`);
    else if (output === 'yaml') session.io.out(`${encodeYaml(whole)}\n`);
    else {
      session.io.out(`Client Version: ${kubectlVersion}\nKustomize Version: ${kustomizeVersion}\n`);
      if (known) session.io.out(`Server Version: ${known.gitVersion}\n`);
    }
    const skew = known && skewOf(known);
    if (skew && session.global['warnings-as-errors']) throw new Error(skew);
    if (skew) session.warn(`Warning: ${skew}\n`);
    if (server instanceof Error) throw server;
  },
});

function clientVersion(): object {
  const [major, minor] = kubectlVersion.slice(1).split('.');
  const platform = `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return { major, minor, gitVersion: kubectlVersion, platform };
}

const serverVersion = (session: Session): Promise<Version | Error> =>
  session
    .rest()
    .json<Version>({
      ...{ method: 'GET', path: '/version', place: 'discovery_client.go:667' },
      ...discovering,
    })
    .catch((error: unknown) => error as Error);

function skewOf({ gitVersion }: Version): string | undefined {
  const parts = (text: string): readonly number[] => text.slice(1).split('.', 2).map(Number);
  const [[major = 0, minor = 0], [itsMajor = 0, itsMinor = 0]] = [
    parts(kubectlVersion),
    parts(gitVersion),
  ];
  return major !== itsMajor || Math.abs(minor - itsMinor) > skewMax
    ? `version difference between client (${major}.${minor}) and server (${itsMajor}.${itsMinor}) exceeds the supported minor version skew of +/-${skewMax}`
    : undefined;
}
