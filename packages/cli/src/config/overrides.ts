import {
  bool,
  durationMs,
  type Flag,
  type Flags,
  type Given,
  goDuration,
  int,
  list,
  text,
  texts,
} from '../command/flags.ts';

/** Values of the flags that every command has, by their names. */
export type GlobalFlags = Readonly<
  Record<
    | 'as'
    | 'as-uid'
    | 'cache-dir'
    | 'certificate-authority'
    | 'client-certificate'
    | 'client-key'
    | 'cluster'
    | 'context'
    | 'kubeconfig'
    | 'kuberc'
    | 'log-flush-frequency'
    | 'namespace'
    | 'password'
    | 'profile'
    | 'profile-output'
    | 'request-timeout'
    | 'server'
    | 'tls-server-name'
    | 'token'
    | 'user'
    | 'username',
    Flag<string>
  >
> &
  Readonly<
    Record<
      | 'disable-compression'
      | 'insecure-skip-tls-verify'
      | 'match-server-version'
      | 'warnings-as-errors',
      Flag<boolean>
    >
  > &
  Readonly<Record<'v', Flag<number>>> &
  Readonly<Record<'as-group' | 'as-user-extra' | 'vmodule', Flag<readonly string[]>>>;

/** Flags that every command has, with kubectl's names and defaults. */
export const globalFlags: GlobalFlags = {
  as: text(
    '',
    'User to act as; may be a service account in the form system:serviceaccount:NAMESPACE:NAME',
  ),
  'as-group': texts('Group to act as; may be given several times'),
  'as-uid': text('', 'UID to act as'),
  'as-user-extra': texts('Extra attribute to act with, as KEY=VALUE; may be given several times'),
  'cache-dir': text('', 'Folder for what is remembered of servers'),
  'certificate-authority': text('', 'File with the certificates that the server is checked by'),
  'client-certificate': text('', 'File with the certificate to show to the server'),
  'client-key': text('', 'File with the key of that certificate'),
  cluster: text('', 'Cluster of the kubeconfig to use'),
  context: text('', 'Context of the kubeconfig to use'),
  'disable-compression': bool(false, 'Ask the server for answers that are not compressed'),
  'insecure-skip-tls-verify': bool(
    false,
    'Do not check who the server is: connections can be listened to',
  ),
  kubeconfig: text('', 'File that says where clusters are and how to sign in'),
  kuberc: text('', 'File with preferences; `off` leaves it aside'),
  'log-flush-frequency': {
    ...text('5s', 'How often logs are written out'),
    type: 'duration',
    read(given) {
      try {
        return goDuration(durationMs(given));
      } catch {
        throw new Error('parse error');
      }
    },
  },
  'match-server-version': bool(false, 'Go on only if server and client are of one version'),
  namespace: text('', 'Namespace to work in', { short: 'n' }),
  password: text('', 'Password for basic authentication'),
  profile: text(
    'none',
    'Profile to take: none, cpu, heap, goroutine, threadcreate, block or mutex',
  ),
  'profile-output': text('profile.pprof', 'File that the profile goes to'),
  'request-timeout': text(
    '0',
    'How long one request may take, with a unit such as 1s or 2m; 0 is for ever',
  ),
  server: text('', 'Address and port of the API server', { short: 's' }),
  'tls-server-name': text('', 'Name that the certificate of the server must carry'),
  token: text('', 'Bearer token to sign in with'),
  user: text('', 'User of the kubeconfig to be'),
  username: text('', 'Name for basic authentication'),
  v: int(0, 'How much to say of what is done, up to 9', { short: 'v', type: 'Level' }),
  vmodule: list('Levels for single source files; taken and left aside'),
  'warnings-as-errors': bool(false, 'End with an error when the server sends a warning'),
};

/** The global flags of a line: one that a command has of its own by the same name says nothing of the connection. */
export function globalsOf(
  own: Flags,
  given: Readonly<Record<string, unknown>>,
): Given<GlobalFlags>['flags'] {
  const values = Object.entries(globalFlags).map(([name, { value }]) => [
    name,
    Object.hasOwn(own, name) ? value : given[name],
  ]);
  return Object.fromEntries(values) as Given<GlobalFlags>['flags'];
}
