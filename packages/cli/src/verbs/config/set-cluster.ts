import { resolve } from 'node:path';
import { type Command, command } from '../../command/command.ts';
import { bool, text } from '../../command/flags.ts';
import { editKubeconfig } from '../../config/edit-kubeconfig.ts';
import { embedded } from './embedded.ts';
import { exactly, placeOf } from './place.ts';

/** `kubectl config set-cluster`. */
export const setCluster: Command = command({
  name: 'set-cluster',
  usage:
    'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  summary: 'Make or change a cluster of the kubeconfig',
  details: 'Of a cluster that is there, only what is named changes.',
  examples: `  config set-cluster work --server=https://10.0.0.1:6443
  config set-cluster work --certificate-authority=ca.crt --embed-certs`,
  flags: {
    'certificate-authority': text('', 'File with the certificates that the server is checked by'),
    'embed-certs': bool(false, 'Put the content of the file into the kubeconfig'),
    'insecure-skip-tls-verify': bool(false, 'Do not check who the server is'),
    'proxy-url': text('', 'Proxy on the way to the server'),
    server: text('', 'Address of the server'),
    'tls-server-name': text('', 'Name that the certificate of the server must carry'),
  },
  complete({ flags, changed, args }) {
    exactly(1, args);
    if (args[0] === '') throw new Error('you must specify a non-empty cluster name');
    const authority = flags['certificate-authority'];
    if (flags['insecure-skip-tls-verify'] && authority)
      throw new Error(
        'you cannot specify a certificate authority and insecure mode at the same time',
      );
    if (flags['embed-certs'] && !authority)
      throw new Error('you must specify a --certificate-authority to embed');
    return { name: args[0]!, flags, changed };
  },
  run: async ({ name, flags, changed }, session) => {
    const path = flags['certificate-authority'];
    const authority = path && resolve(session.cwd, path);
    const data = flags['embed-certs'] && embedded('certificate-authority', path, session.cwd);
    editKubeconfig(placeOf(session), ({ clusters }) => {
      const cluster: Record<string, unknown> = { ...clusters.get(name) };
      const set = (field: keyof typeof flags): void =>
        void (changed.has(field) && (cluster[field] = flags[field]));
      if (changed.has('server')) delete cluster['tls-server-name'];
      for (const field of ['server', 'tls-server-name', 'proxy-url'] as const) set(field);
      // As kubectl has it: whoever does not ask for it here takes it away.
      cluster['insecure-skip-tls-verify'] = flags['insecure-skip-tls-verify'];
      if (flags['insecure-skip-tls-verify']) {
        delete cluster['certificate-authority'];
        delete cluster['certificate-authority-data'];
      }
      if (authority) {
        delete cluster['certificate-authority'];
        delete cluster['certificate-authority-data'];
        Object.assign(
          cluster,
          data ? { 'certificate-authority-data': data } : { 'certificate-authority': authority },
        );
      }
      clusters.set(name, cluster);
    });
    session.io.out(`Cluster ${JSON.stringify(name)} set.\n`);
  },
});
