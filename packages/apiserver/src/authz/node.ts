import { nodeRules } from '../bootstrap/node-rules.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import type { Authorizer, Decision } from './authorizer.ts';
import type { NodeGraph, Reached } from './node-graph.ts';
import { nodeOf } from './node-identity.ts';
import { ruleAllows } from './rules.ts';

type Ask = (node: string, info: RequestInfo, graph: NodeGraph) => Decision;

const allow: Decision = { decision: 'allow', reason: '' };
const unsure = (reason = ''): Decision => ({ decision: 'no-opinion', reason });

/** Gives kubelets what their pods need and no more: objects by their relation to the node, the rest by fixed rules. */
export function nodeAuthorizer(graph: NodeGraph, enabled: (gate: string) => boolean): Authorizer {
  const rules = nodeRules(enabled);
  return {
    name: 'Node',
    authorize(user, info) {
      const node = nodeOf(user);
      if (node === undefined) return unsure();
      if (node === '') return unsure(`unknown node for user "${user.name}"`);
      const ask = info.isResource
        ? byResource[info.group ? `${info.resource}.${info.group}` : info.resource]
        : undefined;
      if (ask) return ask(node, info, graph);
      return rules.some((rule) => ruleAllows(rule, info)) ? allow : unsure();
    },
  };
}

/** Resources whose access depends on the object. */
const byResource: Readonly<Record<string, Ask>> = {
  secrets: (node, info, graph) => readNamespaced('secret', node, info, graph),
  configmaps: (node, info, graph) => readNamespaced('configmap', node, info, graph),
  persistentvolumeclaims: (node, info, graph) =>
    info.subresource === 'status'
      ? updateStatus('persistentvolumeclaim', node, info, graph)
      : getOne('persistentvolumeclaim', node, info, graph),
  persistentvolumes: (node, info, graph) => getOne('persistentvolume', node, info, graph),
  'resourceclaims.resource.k8s.io': (node, info, graph) =>
    getOne('resourceclaim', node, info, graph),
  'volumeattachments.storage.k8s.io': (node, info, graph) =>
    getOne('volumeattachment', node, info, graph),
  serviceaccounts: (node, info, graph) =>
    info.verb === 'get'
      ? getOne('serviceaccount', node, info, graph)
      : createToken(node, info, graph),
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'resourceslices.resource.k8s.io': resourceSlice,
  nodes: ownNode,
  pods: ownPods,
};

const related = (sort: Reached, node: string, info: RequestInfo, graph: NodeGraph): Decision => {
  if (!info.name) return unsure('No Object name found');
  return graph.reaches(node, sort, info.namespace, info.name)
    ? allow
    : unsure(`no relationship found between node '${node}' and this object`);
};

function readNamespaced(
  sort: Reached,
  node: string,
  info: RequestInfo,
  graph: NodeGraph,
): Decision {
  if (!['get', 'list', 'watch'].includes(info.verb))
    return unsure('can only read resources of this type');
  if (info.subresource) return unsure('cannot read subresource');
  if (!info.namespace) return unsure('can only read namespaced object of this type');
  return related(sort, node, info, graph);
}

function getOne(sort: Reached, node: string, info: RequestInfo, graph: NodeGraph): Decision {
  if (info.verb !== 'get') return unsure('can only get individual resources of this type');
  if (info.subresource) return unsure('cannot get subresource');
  return related(sort, node, info, graph);
}

function updateStatus(sort: Reached, node: string, info: RequestInfo, graph: NodeGraph): Decision {
  if (info.verb !== 'update' && info.verb !== 'patch')
    return unsure('can only get/update/patch this type');
  return related(sort, node, info, graph);
}

function createToken(node: string, info: RequestInfo, graph: NodeGraph): Decision {
  if (info.verb !== 'create' || !info.name)
    return unsure('can only create tokens for individual service accounts');
  if (info.subresource !== 'token')
    return unsure('can only create token subresource of serviceaccount');
  return related('serviceaccount', node, info, graph);
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];

function lease(node: string, info: RequestInfo): Decision {
  if (!ownVerbs.includes(info.verb))
    return unsure('can only get, create, update, patch, or delete a node lease');
  if (info.namespace !== 'kube-node-lease')
    return unsure('can only access leases in the "kube-node-lease" system namespace');
  // The name is not known on create; NodeRestriction checks it then.
  if (info.verb !== 'create' && info.name !== node)
    return unsure('can only access node lease with the same name as the requesting node');
  return allow;
}

function csiNode(node: string, info: RequestInfo): Decision {
  if (!ownVerbs.includes(info.verb))
    return unsure('can only get, create, update, patch, or delete a CSINode');
  if (info.subresource) return unsure('cannot authorize CSINode subresources');
  if (info.verb !== 'create' && info.name !== node)
    return unsure('can only access CSINode with the same name as the requesting node');
  return allow;
}

function resourceSlice(node: string, info: RequestInfo, graph: NodeGraph): Decision {
  if (info.subresource) return unsure('cannot authorize ResourceSlice subresources');
  if (info.verb === 'create') return allow;
  if (['get', 'update', 'patch', 'delete'].includes(info.verb))
    return related('resourceslice', node, info, graph);
  if (!['watch', 'list', 'deletecollection'].includes(info.verb))
    return unsure(
      'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
    );
  return selects(info, 'spec.nodeName', node) || selects(info, 'nodeName', node)
    ? allow
    : unsure('can only list/watch/deletecollection resourceslices with nodeName field selector');
}

function ownNode(node: string, { verb, subresource, name }: RequestInfo): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : unsure();
  if (subresource) return unsure();
  if (['create', 'update', 'patch'].includes(verb)) return allow;
  if (!['get', 'list', 'watch'].includes(verb)) return unsure();
  if (name === node) return allow;
  return unsure(
    name
      ? `node '${node}' cannot read '${name}', only its own Node object`
      : `node '${node}' cannot read all nodes, only its own Node object`,
  );
}

function ownPods(node: string, info: RequestInfo, graph: NodeGraph): Decision {
  const { verb, subresource } = info;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : unsure();
  if (subresource === 'eviction') return verb === 'create' ? allow : unsure();
  if (subresource) return unsure();
  if (verb === 'get') return getOne('pod', node, info, graph);
  if (verb === 'create' || verb === 'delete') return allow;
  if (verb !== 'list' && verb !== 'watch') return unsure();
  if (selects(info, 'spec.nodeName', node)) return allow;
  return info.name
    ? related('pod', node, info, graph)
    : unsure('can only list/watch pods with spec.nodeName field selector');
}

/** Whether the field selector demands that `field` equals `value`. */
const selects = ({ fieldSelector }: RequestInfo, field: string, value: string): boolean =>
  fieldSelector
    .split(',')
    .some((term) => term === `${field}=${value}` || term === `${field}==${value}`);
