import type { LineList } from '../line-list.ts';

/** Looking at things: resources, names, selectors, tables, wrong lines. */
export const get: LineList = {
  name: 'get',
  files: {
    'ns.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: default}
`,
    'two.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes}
`,
  },
  lines: [
    'get ns',
    'get ns default',
    'get ns default -o yaml',
    'get ns default -o json',
    'get ns -o name',
    'get ns,sa',
    'get ns,sa -A',
    'get sa -A -o wide',
    'get all',
    'get all -A',
    'get pods',
    'get pods -A',
    'get nothing',
    'get nothing.apps',
    'get deploy.v1.apps',
    'get deployments.apps',
    'get Deployment',
    'get pod/x',
    'get pod x y',
    'get pod x --ignore-not-found',
    'get pod/x svc/kubernetes',
    'get pods,svc kubernetes',
    'get pod pod/x',
    'get po/x/y',
    'get',
    'get --foo',
    'get -x',
    'get pods --show-labels',
    'get svc --show-labels',
    'get svc -L component,provider',
    'get svc --no-headers',
    'get svc --show-kind',
    'get svc -o wide',
    'get svc -l component=apiserver',
    "get svc -l 'component in (x'",
    'get svc --field-selector metadata.name=kubernetes',
    'get svc --field-selector spec.nothing=x',
    'get svc kubernetes -o name',
    'get --raw /version',
    'get --raw /api/v1/namespaces/nope',
    'get --raw nope',
    'get svc --raw /version',
    'get ns --context nope',
    'get ns --cluster nope',
    'get ns --user nope',
    'get ns --kubeconfig /nope',
    'get ns --request-timeout=abc',
    'get -f /nope.yaml',
    'get -f ns.yaml',
    'get -f ns.yaml -o json',
    'get -f two.yaml',
    'get svc -n kube-system',
    'get svc -n nope',
    'get cm -A --chunk-size=2',
    'get cm -A --chunk-size=2 -o name',
    'get pods --subresource=status',
    'get pod x --subresource=status',
    'get ns default --subresource=status -o name',
    'get clusterroles system:discovery -o yaml',
    'get roles,clusterroles -A -o name',
    'get svc --output-watch-events',
    'get svc -o wide --show-labels',
    'get svc -o yaml --show-labels',
    'get events -A',
    'get endpoints',
  ],
};
