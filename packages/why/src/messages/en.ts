/**
 * Sentences in English. `{x}` is a fact; `{n#pod|pods}` a number with its noun; `[...]` is left out when a fact in it is
 * empty or 0.
 */
export const causes = {
  // pods without a node
  gated: 'It is held back from scheduling by its gates: {gates}.',
  'no-such-scheduler':
    'It asks for the scheduler "{scheduler}", and no scheduler of that name runs here.',
  'not-tried-yet': 'No scheduler has tried to place it yet.',
  'no-nodes': 'The cluster has no nodes.',
  'fits-now': 'It fits on {fits#node|nodes} now; the scheduler will try it again in a moment.',
  'waits-for-victims': 'It waits on node {node} for less important pods to leave.',
  'refused-before-nodes': 'No node was even looked at: {reason} ({plugin}).',
  'fits-nowhere': 'No node takes it[; tried {attempt#time|times}][, last {ago} ago].',
  'never-preempts': 'Its priority class [{name} ]never pushes other pods out.',
  // pods on a node
  'node-gone': 'Its node {node} is no longer there.',
  'node-not-ready': 'Its node {node} is not ready.',
  'will-be-evicted':
    'It will be evicted in {left}: node {node} has the taint {taint}, which it tolerates only for a time.',
  'image-pull-fails': 'Container {container} cannot start: its image {image} cannot be pulled.',
  'image-name-invalid': 'Container {container} cannot start: "{image}" is no valid image name.',
  'image-never-pulled':
    'Container {container} cannot start: image {image} is not on the node, and its pull policy is Never.',
  'configuration-missing':
    'Container {container} cannot start: something that it is configured from is missing.',
  'reference-missing': '{kind} {name} does not exist; {at} needs it.',
  'key-missing': '{kind} {name} has no key "{key}"; {at} needs it.',
  'cannot-be-run':
    'Container {container} cannot be started by the container runtime[; its command is: {command}].',
  'crash-loop':
    'Container {container} ends again and again ({restarts#restart|restarts}), so the kubelet waits before it starts it anew.',
  restarted:
    'Container {container} runs, but was restarted {since} ago ({restarts#restart|restarts} in all).',
  'out-of-memory':
    'Container {container} was killed because it used more memory than its limit[ of {limit}].',
  'killed-by-probe':
    'Container {container} was killed because its liveness probe failed[: {probe}].',
  'ends-by-itself':
    'Container {container} ends by itself with exit code 0, as if its work were done.',
  'exits-with-error': 'Container {container} ended with exit code {exitCode}.',
  'command-not-found':
    'Container {container} ended with exit code {exitCode}: its command was not found.',
  'command-not-executable':
    'Container {container} ended with exit code 126: its command cannot be executed.',
  'killed-by-signal': 'Container {container} was killed (exit code 137, SIGKILL).',
  'asked-to-stop': 'Container {container} was asked to stop and did (exit code 143, SIGTERM).',
  crashed: 'Container {container} crashed (exit code {exitCode}).',
  'readiness-probe-fails': 'Container {container} runs, but its readiness probe fails[: {probe}].',
  'startup-probe-fails':
    'Container {container} runs, but its startup probe has not succeeded yet[: {probe}].',
  'not-probed-yet':
    'Container {container} has just started; its probe has not answered yet[ (it begins after {delay} s)].',
  'just-started': 'Container {container} has just started.',
  'volumes-not-ready':
    'Its containers wait for volumes, and something that these are made of is missing.',
  'volume-mount-fails': 'Its containers wait for volumes that node {node} cannot mount.',
  'sandbox-fails': 'Node {node} cannot set up the network and sandbox of the pod.',
  'being-created': 'Node {node} is starting it (for {since} now).',
  'node-has-not-begun': 'Node {node} has not begun to start it ({since} after it was made).',
  'readiness-gate-closed':
    'Its containers are ready, but nobody has set its readiness gate {type} to True.',
  // pods that go or have gone
  'stops-gracefully': 'It is stopping; it has {left} left of its {grace} s grace.',
  'stop-not-confirmed':
    'It should have stopped {since} ago, but node {node} does not confirm that.',
  'does-not-stop': 'It should have stopped {since} ago, and its node has not reported that it did.',
  preempted: 'It made room for a pod of higher priority.',
  'evicted-by-taint':
    'It was evicted because node {node} got a taint that it does not tolerate (any longer).',
  'evicted-by-api': 'Somebody evicted it, as a drain of node {node} does.',
  'deleted-as-orphan': 'It was removed because its node {node} is gone.',
  'ended-by-kubelet': 'Node {node} ended it.',
  'evicted-by-node': 'Node {node} evicted it because the node ran short of a resource.',
  'refused-by-node': 'Node {node} refused it when it arrived ({reason}).',
  'deadline-passed': 'It ran longer than its activeDeadlineSeconds.',
  'node-shut-down': 'Node {node} was shut down.',
  // what holds deleted objects
  'held-in-use':
    'It was deleted {since} ago and is held by {finalizer}, because {by} still uses it.',
  'held-by-dependents':
    'It was deleted {since} ago and waits for {dependents#object|objects} that it owns to go first, such as {example}.',
  'held-by-own-finalizer':
    'It was deleted {since} ago and is held by the finalizer {finalizer}, which {keeper} takes off.',
  'held-by-finalizer':
    'It was deleted {since} ago and is held by the finalizer {finalizer}; whatever "{owner}" installed must take it off.',
  // workloads
  'not-looked-at-yet': 'Its controller has not looked at its newest form yet.',
  paused: 'It is paused: changes of its template are not rolled out.',
  'roll-out-late':
    'Its roll-out has not moved on within its deadline: {ready} of {wanted#pod|pods} ready.',
  'rolls-out':
    'Its roll-out is under way: {updated} of {wanted#pod|pods} are of the new template, {old} of an old one.',
  'write-refused': 'The server refuses what its controller writes.',
  'too-few-ready': '{ready} of {wanted} pods ready.',
  'too-few-replicas': '{ready} of {wanted} pods ready; {pods} exist.',
  'pods-alike': '{pods} pods are not ready for the same reason, {pod} among them.',
  'pod-not-ready': 'Pod {pod} is not ready.',
  'pods-refused': 'The server refuses to create its pods.',
  'quota-exceeded': 'Quota {quota} has no room: {resource} {used} used + {asked} asked > {hard}.',
  'quota-wants-request':
    'Quota {quota} counts {resource}, and the pod does not say how much it wants.',
  'pod-security':
    'Namespace {namespace} enforces the Pod Security level "{level}", which the pod does not meet.',
  'limit-range': 'LimitRange {name} forbids what the pod asks for.',
  'set-waits-in-order':
    'Pod {pod} is not ready, and {behind#pod|pods} after it must wait for it: {ready} of {wanted} ready.',
  'set-not-ready': 'Pod {pod} is not ready: {ready} of {wanted} ready.',
  'daemons-not-ready': '{ready} of {wanted} pods ready.',
  'daemons-fewer-than-nodes':
    'Every pod that it should have is ready ({wanted}), but not every node has one.',
  'daemon-not-selected':
    '{nodes#node lacks|nodes lack} the labels that it selects (such as {example}).',
  'daemon-not-tolerated':
    '{nodes#node has|nodes have} the taint {taint}, which it does not tolerate (such as {example}).',
  // jobs
  'job-failed-too-often':
    'It failed: {failed#pod|pods} of it failed, and its backoffLimit is {limit}.',
  'job-too-long': 'It failed: it ran longer than its activeDeadlineSeconds[ ({seconds})].',
  'job-failed-by-policy':
    'It failed: its podFailurePolicy ends it for the way in which a pod failed.',
  'job-failed': 'It failed.',
  suspended: 'It is suspended: nothing is started.',
  'job-backs-off':
    '{failed#pod|pods} of it failed (its limit is {limit}); the next one starts in {left}.',
  'job-runs': 'It runs: {active} active, {succeeded} of {wanted} done[, {failed} failed].',
  'last-failed-pod': 'The pod that failed last is {pod} ({pods} there in all).',
  'schedule-unreadable': 'Its schedule "{schedule}" in time zone {timeZone} cannot be understood.',
  'last-run-still-runs':
    'It does not start because its last run[, job {job},] has not ended, and its concurrencyPolicy is Forbid.',
  'run-missed':
    'A start of "{schedule}" was missed, because it was noticed later than its startingDeadlineSeconds[; the next is due at {next}].',
  'runs-fail': 'Its runs fail[; the next is due at {next}].',
  'not-due-yet':
    'It is not due yet: "{schedule}" ({timeZone}) comes next at {next}[; it last ran at {last}].',
  // services
  'no-load-balancer':
    'It has no address from outside: nothing in this cluster makes load balancers.',
  'selects-no-pod': 'It has no endpoints: no pod has the labels {selector}.',
  'label-differs': '{pods#pod has|pods have} {label}={has} instead of {label}={wants} ({pod}).',
  'label-missing': '{pods#pod lacks|pods lack} the label {label}={wants} ({pod}).',
  'no-ready-pod':
    'It has no endpoints that are ready: of {pods#pod|pods} that it selects, none is ready.',
  'some-pods-not-ready': '{ready} of the {pods#pod|pods} that it selects are ready.',
  'no-port-of-that-name':
    'Its targetPort "{target}" is no port name of {pods#pod|pods} that it selects[; they name: {names}].',
  'port-not-declared':
    'Its targetPort {target} is none of the ports that its pods declare ({ports}); connections may be refused.',
  'endpoints-behind': '{ready#pod is|pods are} ready, but no endpoint has been written for them.',
  'no-selector': 'It has no selector and no endpoints: nobody has said where it leads.',
  // volumes
  'claim-lost-volume': 'Its volume {volume} is gone, and its data with it.',
  'claim-without-class': 'It names no storage class, none is the default, and no volume serves it.',
  'no-such-class': 'Its storage class "{class}" does not exist[; there are: {known}].',
  'claim-waits-for-volume': 'It waits for a volume of class {class}.',
  'claim-waits-for-first-pod':
    'It gets its volume when a pod uses it: class {class} waits for the first one.',
  'claim-waits-for-pod':
    'It gets its volume when pod {pod} is scheduled: class {class} waits for that.',
  'claim-needs-made-volume':
    'Volumes of class {class} are made by hand, and none serves it ({size}).',
  'claim-waits-for-provisioner':
    'It waits for the provisioner {provisioner} of class {class} to make a volume.',
  'named-volume-missing': 'It names the volume {volume}, which does not exist.',
  'named-volume-unfit': 'It names the volume {volume}, which does not serve it.',
  'volume-is-anothers': 'Volume {volume} belongs to {other}.',
  'volume-of-class': 'Volume {volume} is of class "{class}".',
  'volume-access': 'Volume {volume} offers {offers}, not {wants}.',
  'volume-not-selected': 'Volume {volume} lacks the labels that the claim selects.',
  'volume-mode': 'Volume {volume} has the mode {mode}.',
  'volume-small': 'Volume {volume} has {has} of the {wants} asked for.',
  // namespaces and nodes
  'namespace-not-empty': 'It was deleted {since} ago and is not empty yet.',
  'objects-remain': '{count} of {resource} remain[: {names}].',
  'namespace-finalizer': 'Its own finalizer {finalizer} has not been taken off.',
  'discovery-fails':
    'The server cannot tell all kinds of objects, so nobody knows whether some remain.',
  'node-silent': 'Nothing has been heard of node {node} for {since}.',
  'node-never-heard': 'Nothing has been heard of node {node} yet.',
  'node-says-not-ready': 'Node {node} says that it is not ready[: {message}].',
  'node-under-pressure': 'Node {node} has the condition {what}.',
  'node-cordoned': 'Node {node} is cordoned: no new pods go there.',
  'node-tainted': 'Node {node} has the taint {taint}: only pods that tolerate it go there.',
  'node-full': 'Node {node} has {pods} pods, as many as it may.',
  // anything
  'condition-not-met': 'Its condition {type} is not True.',
  'warned-of': 'There are warnings about it.',
  // who may
  'allowed-by': '{bindingKind} {binding}[ in {place}] gives {user} the {roleKind} {role}.',
  'allowed-as-master': '{user} is in the group system:masters, which may do everything.',
  'allowed-otherwise':
    'The server allows it, and no role that can be seen here says so[: {reason}].',
  'not-allowed': 'None of the roles given to {user} allows it.',
  'allowed-elsewhere':
    'It would be allowed in namespace {place}: {bindingKind} {binding}, {roleKind} {role}.',
  'allowed-for-names':
    'It is allowed for {names} only: {bindingKind} {binding}, {roleKind} {role}.',
  'allowed-other-verbs':
    '{roleKind} {role} (by {bindingKind} {binding}) allows {verbs}, not {verb}.',
  'role-would-allow': '{roleKind} {role} would allow it[ (so would {others})].',
} as const;

export type CauseName = keyof typeof causes;

export const steps = {
  'remove-gates': 'Whoever put the gates on ({gates}) must take them off.',
  'see-that-it-runs': 'See that {what} runs and works.',
  'add-a-node': 'Add a node, or see why none has joined.',
  'create-it': 'Create {what}, or correct the name.',
  'add-key': 'Add the key "{key}" to {what}, or correct its name in the pod.',
  'force-delete': 'Only if its node will never come back:',
  'delete-user-first': 'Delete {by} first, if it is not needed.',
  'why-dependent': 'Ask about {example}:',
  'take-finalizer-off':
    'Only if that is gone for good, and what it would have cleaned up does not matter:',
  'set-requests':
    'Give its containers requests near what they use, so that it is not the first to go.',
  'check-image-name': 'See that {image} is spelt right and exists in its registry.',
  'add-pull-secret': 'If the registry wants a login, name one in imagePullSecrets.',
  'check-pull-secret': 'See that the login in {secrets} is valid for that registry.',
  'import-image': 'Bring {image} to the nodes (cox image import), or let it be pulled.',
  'check-command': 'See that the command exists in the image: {command}',
  'raise-memory': 'Raise the memory limit[ (now {limit})], or find out why it needs that much.',
  'read-log': 'Read its log:',
  'check-probe':
    'See why it does not answer[ {probe}], and that the probe is right and patient enough.',
  'run-for-ever': 'Give it a command that keeps running, or make it a Job.',
  resume: 'Let it go on:',
  'undo-roll-out': 'Go back to what ran before:',
  'raise-quota': 'Raise the quota, or free some of {resource}:',
  'name-request':
    'Name {resource} in the resources of its containers, or give defaults by a LimitRange.',
  'meet-pod-security': 'Change the pod so that it meets "{level}", or the level of the namespace.',
  'tolerate-taint': 'If it should run there, let it tolerate {taint}.',
  'make-job-again': 'When the cause is mended, run it again:',
  unsuspend: 'Let it go on:',
  'write-schedule':
    'Write the schedule as five fields, such as "*/5 * * * *", and the zone as "Europe/Berlin".',
  'allow-many-runs': 'End that run, or set concurrencyPolicy to Replace or Allow.',
  'raise-starting-deadline':
    'Raise startingDeadlineSeconds[ (now {seconds})] if late starts are better than none.',
  'install-load-balancer': 'Install one, or use type NodePort or an ingress.',
  'compare-labels': 'Compare the labels:',
  'correct-target-port': 'Correct targetPort:',
  'add-selector': 'Give it a selector, or write its EndpointSlice yourself.',
  'restore-volume': 'Restore {volume} from a backup, or make the claim anew.',
  'name-a-class': 'Name one of these classes in storageClassName:',
  'make-a-pod-use-it': 'Nothing is wrong: start a pod that uses it.',
  'make-a-volume': 'Make a PersistentVolume of class {class} with at least {size}.',
  'check-apiservices': 'See which APIService is not available:',
  'check-kubelet': 'See that the machine of {node} is up and its kubelet reaches the API server.',
  'delete-node': 'If it will not come back:',
  'free-disk': 'Free disk space on {node}.',
  'move-pods': 'Move pods away from {node}, or give it more.',
  uncordon: 'Let pods go there again:',
  'remove-taint': 'If pods should go there, remove the taint:',
  'bind-role': 'To give them {role}:',
} as const;

export type StepName = keyof typeof steps;

/** What would make a pod fit. */
export const changes = {
  'remove-node-selector': 'remove the nodeSelector {label}={value}',
  'remove-node-affinity': 'remove its required node affinity',
  'label-node': 'label node[ {node}] with {label}={value}',
  'tolerate-taint': 'let it tolerate the taint {taint}',
  'remove-taint': 'remove the taint {taint} from node[ {node}]',
  uncordon: 'uncordon node[ {node}]',
  'lower-request': 'request {to} of {resource} instead of {from}',
  'remove-host-port': 'remove its hostPort',
  'relax-spread': 'set whenUnsatisfiable of its spread constraints to ScheduleAnyway',
  'remove-pod-affinity': 'remove its pod affinity',
  'remove-pod-anti-affinity': 'remove its pod anti-affinity',
  'remove-scheduling-gates': 'remove its scheduling gates',
  'add-node': 'one more node of {cpu} CPU[ and {memory}][, labelled {labels}]',
  'raise-priority': 'a priority above {above}, which pushes out {victims}',
} as const;

export const drain = {
  'is-static': 'static pod of the node',
  'is-daemon': 'of DaemonSet {owner}',
  'is-leaving': 'is being deleted already',
  'has-ended': 'has ended; is deleted',
  'has-no-owner': 'nothing makes it anew: --force deletes it for good',
  'has-local-data': 'loses its local data ({volumes}): --delete-emptydir-data',
  'has-many-budgets': 'several budgets cover it ({budgets}): eviction is refused',
  'budget-used-up': 'waits: budget {budget} lets {allowed} go at a time',
  'budget-allows-none': 'budget {budget} lets none go ({healthy} healthy, {desired} wanted)',
} as const;

export type DrainName = keyof typeof drain;

/** Units of time. */
export const units = { s: 's', min: 'min', h: 'h', d: 'd' } as const;

/** Words around the sentences. */
export const words = {
  well: 'Nothing is wrong with it.',
  hidden: 'You may not read {what}, so there may be more to it.',
  alone: 'This cluster keeps no reasons, so this is what its status, conditions and events tell.',
  nodes: 'NODES',
  objections: 'WHAT IS IN THE WAY',
  fits: 'fits',
  needs: '{resource}: needs {needs}, free {free}[ to {freeMost}]',
  cordoned: 'cordoned',
  taint: 'taint {taint} is not tolerated',
  label: '{label}={wants} is required[; they have {found}]',
  affinity: 'required affinity: {affinity}',
  port: 'host port {port} is taken[ by {found}]',
  near: 'no pod with {near} is in the same {topologyKey}, as it wants',
  far: 'a pod with {far} is in the same {topologyKey}, which it avoids',
  unwelcome: 'a pod there does not want it near',
  spread: 'uneven over {topologyKey}[ ({found})]: at most {maxSkew} more than elsewhere',
  preempts: 'Preemption: would help: {victims} would leave {node}.',
  preemptsNobody:
    'Preemption would not help: no pod of lower priority than {priority} is in the way.',
  preemptsInVain:
    'Preemption would not help, although {lower#pod|pods} of lower priority could leave.',
  cures: 'Each of these would let it be placed (the scheduler tried it on a copy):',
  noCures: 'No small change was found that would let it be placed.',
  and: ' and ',
  next: 'Next',
  ago: '{time} ago',
  times: '{count} times',
  may: 'Yes: {user} may {verb} {resource}[ in namespace {namespace}].',
  mayNot: 'No: {user} may not {verb} {resource}[ in namespace {namespace}].',
  draining:
    'Draining {node} would move {leaves#pod|pods}[; {waits} would wait for a budget][; {blocks} would block it][; {stays} would stay].',
  drainingNothing: 'Draining {node} would move nothing: no pod has to leave it.',
  pod: 'POD',
  goesTo: 'WOULD GO TO',
  happens: 'WHAT HAPPENS',
  nowhere: 'nowhere',
  stays: 'stays',
  blocked: 'blocked: ',
  unplaced:
    'The scheduler of this cluster shows nobody what it sees, so where pods would go is not known.',
} as const;
