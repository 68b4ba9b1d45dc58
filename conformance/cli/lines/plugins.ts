import type { LineList } from '../line-list.ts';

const kuberc = (more: string): string =>
  `apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n${more}`;
const allowing = (...names: readonly string[]): string =>
  kuberc(
    `credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [${names.map((name) => `{name: ${name}}`).join(', ')}]\n`,
  );

/** What kuberc says of which programs may tell who the user is. */
const preferences: Readonly<Record<string, string>> = {
  'all.yaml': kuberc('credentialPluginPolicy: AllowAll\n'),
  'unset.yaml': kuberc(''),
  'none.yaml': kuberc('credentialPluginPolicy: DenyAll\n'),
  'by-name.yaml': allowing('cat'),
  'by-path.yaml': allowing('/usr/bin/cat'),
  'by-other-path.yaml': allowing('/nowhere/cat'),
  'relative.yaml': allowing('./cat'),
  'other.yaml': allowing('sh', 'env'),
  'second.yaml': allowing('sh', 'cat'),
  'nameless.yaml': allowing('""'),
  'empty.yaml': kuberc('credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n'),
  'missing.yaml': kuberc('credentialPluginPolicy: Allowlist\n'),
  'unused.yaml': kuberc('credentialPluginAllowlist: [{name: cat}]\n'),
  'both.yaml': kuberc(
    'credentialPluginPolicy: AllowAll\ncredentialPluginAllowlist: [{name: cat}]\n',
  ),
  'denied.yaml': kuberc(
    'credentialPluginPolicy: DenyAll\ncredentialPluginAllowlist: [{name: cat}]\n',
  ),
  'wrong.yaml': kuberc('credentialPluginPolicy: Sometimes\n'),
  'lower.yaml': kuberc('credentialPluginPolicy: allowall\n'),
};

export const plugins: LineList = {
  name: 'plugins',
  files: {
    ...preferences,
    'credential.json':
      '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "nobody"}}',
  },
  lines: [
    'get ns default -o name',
    'config set-credentials exec --exec-command=cat --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=credential.json --exec-interactive-mode=Never',
    ...Object.keys(preferences).map(
      (name) => `get ns default -o name --user exec --kuberc ${name}`,
    ),
    ...Object.keys(preferences).map((name) => `get ns default -o name --kuberc ${name}`),
    'kuberc view --kuberc by-name.yaml',
    'kuberc view --kuberc wrong.yaml -o json',
  ],
};
