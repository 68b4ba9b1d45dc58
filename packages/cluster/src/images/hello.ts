import type { ImageSource } from './oci.ts';
import type { TarEntry } from './tar.ts';

/** The image of the README's tour, at hand without any network. */
export const helloReference = 'coxswain.local/hello:1';

/** Answers every request with the pod's name; a shell of its own so that SIGTERM ends it at once. */
const server = `#!/bin/sh
trap 'kill $! 2>/dev/null; exit 0' TERM INT
echo "hello: listening on port 8080 as $(hostname)"
httpd -f -p 8080 -h /www &
wait $!
`;

const page = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\nHello from %s\\n' "$(hostname)"
`;

/** Files a shell and name look-ups expect. */
const accounts = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n';

/**
 * A small HTTP server on port 8080 that names its pod, and a shell with the usual tools (`tar` and `wget` among
 * them, so that exec, cp and a look at other services work). `busybox` is the static binary,
 * `applets` the names it answers to.
 */
export function helloImage(
  architecture: 'amd64' | 'arm64',
  busybox: Uint8Array,
  applets: readonly string[],
): ImageSource {
  const file = (path: string, mode: number, text: string): TarEntry => ({
    path,
    mode,
    content: new TextEncoder().encode(text),
  });
  const directory = (path: string, mode = 0o755): TarEntry => ({ path, mode, directory: true });
  return {
    reference: helloReference,
    architecture,
    files: [
      ...['bin/', 'etc/', 'root/', 'www/', 'www/cgi-bin/'].map((path) => directory(path)),
      directory('tmp/', 0o1777),
      { path: 'bin/busybox', mode: 0o755, content: busybox },
      ...applets
        .filter((name) => name !== 'busybox')
        .map((name): TarEntry => ({ path: `bin/${name}`, linkTo: 'busybox' })),
      file('bin/hello', 0o755, server),
      file('www/cgi-bin/index.cgi', 0o755, page),
      file('etc/passwd', 0o644, accounts),
      file('etc/group', 0o644, 'root:x:0:\nnobody:x:65534:\n'),
    ],
    command: ['/bin/hello'],
    env: ['PATH=/bin'],
    exposedPorts: ['8080/tcp'],
  };
}
