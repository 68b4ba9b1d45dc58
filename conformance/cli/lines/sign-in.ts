import type { LineList } from '../line-list.ts';

const api = 'client.authentication.k8s.io/v1';
const exec = (name: string, command: string, script: string, more = ''): string =>
  `config set-credentials ${name} --exec-command=${command} --exec-api-version=${api} --exec-arg=-c --exec-arg='${script}' ${more}`;
const credential = (file: string, status: string): Record<string, string> => ({
  [file]: `{"apiVersion": "${api}", "kind": "ExecCredential"${status && `, "status": ${status}`}}`,
});

/** Signing in: plugins of the kubeconfig, tokens, certificates, impersonation, and what goes wrong with them. */
export const signIn: LineList = {
  name: 'sign-in',
  files: {
    ...credential('none.json', ''),
    ...credential('empty.json', '{}'),
    ...credential('half.json', '{"clientKeyData": "x"}'),
    ...credential('token.json', '{"token": "nobody"}'),
    'other.json':
      '{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential"}',
    token: 'nobody\n',
  },
  lines: [
    ...['none', 'empty', 'half', 'other'].flatMap((name) => [
      exec(name, 'sh', `cat ${name}.json`, '--exec-interactive-mode=Never'),
      `get ns --user ${name}`,
    ]),
    exec('fails', 'sh', 'exit 7', '--exec-interactive-mode=IfAvailable'),
    'get ns --user fails',
    exec('always', 'sh', 'cat token.json', '--exec-interactive-mode=Always'),
    'get ns --user always',
    'config set-credentials bare --exec-command=sh',
    'get ns --user bare',
    'config set users.file.tokenFile token',
    'get ns --user file',
    'get ns --token nobody',
    'get ns --as someone',
    'get ns --as someone --as-group system:masters',
    'get ns --as-group system:masters',
    'get ns --as a --as-uid 1 --as-user-extra x=1 --as-user-extra x=2',
    'get ns --user nobody-there',
    'config set-credentials gcp --auth-provider=gcp',
    'get ns --user gcp',
    'config set-credentials oidc --auth-provider=oidc',
    'get ns --user oidc',
    'config set-credentials oidc --auth-provider=oidc --auth-provider-arg=client-id=a --auth-provider-arg=idp-issuer-url=https://127.0.0.1:1',
    'get ns --user oidc',
    'config set-credentials oidc --auth-provider-arg=id-token=a.b',
    'get ns --user oidc',
    'get ns --server http://127.0.0.1:1',
    'get ns --server https://127.0.0.1:1 --certificate-authority none.crt',
    'get ns --client-certificate none.crt',
    'get ns --client-certificate token --client-key token',
  ],
};
