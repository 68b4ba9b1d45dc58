import { type Field, structType } from '@coxswain/api';
import type { Parameter } from './route.ts';

const query = (
  name: string,
  description: string,
  type: Parameter['type'] = 'string',
): Parameter => ({ name, in: 'query', type, description });

const path = (name: string, description: string): Parameter => ({
  name,
  in: 'path',
  type: 'string',
  description,
});

/** What the parameters mean, in our own words. */
const meanings: Readonly<Record<string, string>> = {
  allowWatchBookmarks: 'Whether a watch may bring bookmarks, which only carry a resourceVersion.',
  command: 'The command to run and its arguments; not run by a shell.',
  container: 'The container; where the pod has one container only, that one.',
  continue: 'Goes on with a list where the one before, cut off by `limit`, ended.',
  dryRun: 'With `All`, everything is done but nothing is stored.',
  fieldManager:
    'Who makes the change, for the record of who owns which field. At most 128 characters.',
  fieldSelector: 'Only objects whose fields match.',
  fieldValidation: 'What becomes of unknown and duplicate fields: `Ignore`, `Warn` or `Strict`.',
  follow: 'Whether the log goes on while the container runs.',
  force: 'Whether an apply takes over fields that others own.',
  gracePeriodSeconds: 'Seconds that the object has to end by itself. 0: none.',
  ignoreStoreReadErrorWithClusterBreakingPotential:
    'Whether an object that cannot be read from the store any more is removed nevertheless.',
  insecureSkipTLSVerifyBackend: "Whether the kubelet's certificate is taken unverified.",
  labelSelector: 'Only objects whose labels match.',
  limit: 'How many objects a list shows at most. What is left follows by `continue`.',
  limitBytes: 'How many bytes of the log are shown at most.',
  orphanDependents: 'The older form of `propagationPolicy`: whether dependents are kept.',
  path: 'Path of the request that is passed on.',
  ports: 'The ports to forward. Needed over websockets.',
  pretty: 'With `true`, the answer is written over many lines.',
  previous: 'Whether the log is that of the container that ended before.',
  propagationPolicy: 'What becomes of dependents: `Orphan`, `Background` or `Foreground`.',
  resourceVersion: 'The state that is shown, or from which a watch goes on.',
  resourceVersionMatch: 'How `resourceVersion` is meant: `NotOlderThan` or `Exact`.',
  sendInitialEvents: 'Whether a watch begins with all objects that there are.',
  shardSelector: 'Only objects of one share of all.',
  sinceSeconds: 'Only lines of so many seconds back.',
  stderr: 'Whether standard error is brought back.',
  stdin: 'Whether standard input is sent.',
  stdout: 'Whether standard output is brought back.',
  stream: 'Which of the streams is shown: `All`, `Stdout` or `Stderr`.',
  tailLines: 'How many lines from the end are shown.',
  timeoutSeconds: 'How long the call lasts at most.',
  timestamps: 'Whether each line begins with its time.',
  tty: 'Whether the command gets a terminal.',
  watch: 'Whether changes follow as they happen.',
  // Each wording is a parameter of its own in v2; upstream has these for some types apart.
  'NodeProxyOptions.path': 'Path of the request that is passed on to the node.',
  'PatchOptions.fieldManager':
    'Who makes the change, for the record of who owns which field. At most 128 characters; needed to apply.',
  'PodAttachOptions.container': 'The container to attach to; where the pod has one only, that one.',
  'PodAttachOptions.stderr': "Whether the container's standard error is brought back.",
  'PodAttachOptions.stdin': "Whether the container's standard input is sent.",
  'PodAttachOptions.stdout': "Whether the container's standard output is brought back.",
  'PodAttachOptions.tty': 'Whether the container has a terminal.',
  'PodExecOptions.container':
    'The container that runs the command; where the pod has one only, that one.',
  'PodProxyOptions.path': 'Path of the request that is passed on to the pod.',
  'ServiceProxyOptions.path': 'Path of the request that is passed on to the service.',
};

const types: Readonly<Record<string, Parameter['type']>> = {
  boolean: 'boolean',
  int32: 'integer',
  int64: 'integer',
  float64: 'number',
};

function typeOfField({ node }: Field): Parameter['type'] | undefined {
  if (node.kind === 'list') return typeOfField({ node: node.item } as Field);
  // A time is a type of its own, which upstream leaves out of the query.
  return node.kind === 'scalar' && node.form !== 'time'
    ? (types[node.form] ?? 'string')
    : undefined;
}

const typeMeta = new Set(['kind', 'apiVersion']);

/** The query parameters of an options type: its fields that are no objects. */
export function optionsOf(pkg: string, name: string, except: readonly string[] = []): Parameter[] {
  return structType(pkg, name).fields.flatMap((field) => {
    const type = typeOfField(field);
    if (type === undefined || typeMeta.has(field.name) || except.includes(field.name)) return [];
    return [
      query(field.name, meanings[`${name}.${field.name}`] ?? meanings[field.name] ?? '', type),
    ];
  });
}

export const pretty: Parameter = query('pretty', meanings.pretty!);
export const namespace: Parameter = path('namespace', 'The namespace of the object.');
export const proxiedPath: Parameter = path('path', 'Path of the request that is passed on.');
export const nameOf = (kind: string): Parameter => path('name', `The name of the ${kind}.`);
