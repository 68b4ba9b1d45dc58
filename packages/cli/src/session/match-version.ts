import { kubectlVersion } from '../command/versions.ts';

/** What a server says of itself at `/version`. */
type Info = Readonly<Record<string, string>>;

const fields = [
  ...['Major', 'Minor', 'EmulationMajor', 'EmulationMinor', 'MinCompatibilityMajor'],
  ...['MinCompatibilityMinor', 'GitVersion', 'GitCommit', 'GitTreeState', 'BuildDate'],
  ...['GoVersion', 'Compiler', 'Platform'],
] as const;

/** `--match-server-version`: throws in kubectl's words where the server is of another version. Builds are not compared, ours has none. */
export async function checkVersion(ask: () => Promise<Info>): Promise<void> {
  const server = await ask().catch((cause: Error) => {
    throw new Error(`couldn't read version from server: ${cause.message}`, { cause });
  });
  if (server['gitVersion'] === kubectlVersion) return;
  const [major = '', minor = ''] = kubectlVersion.slice(1).split('.');
  const own = { major, minor, gitVersion: kubectlVersion };
  throw new Error(`server version (&${inGo(server)}) differs from client version (${inGo(own)})`);
}

/** As Go prints the struct with all its names. */
const inGo = (info: Info): string =>
  `version.Info{${fields.map((name) => `${name}:${JSON.stringify(info[name[0]!.toLowerCase() + name.slice(1)] ?? '')}`).join(', ')}}`;
