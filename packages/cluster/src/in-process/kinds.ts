import { ApiError, type KubeObject, type Resource } from '@coxswain/api';
import type * as apps from '@coxswain/api/types/apps-v1';
import type * as autoscaling from '@coxswain/api/types/autoscaling-v2';
import type * as batch from '@coxswain/api/types/batch-v1';
import type * as coordination from '@coxswain/api/types/coordination-v1';
import type * as core from '@coxswain/api/types/core-v1';
import type * as discovery from '@coxswain/api/types/discovery-v1';
import type * as networking from '@coxswain/api/types/networking-v1';
import type * as policy from '@coxswain/api/types/policy-v1';
import type * as rbac from '@coxswain/api/types/rbac-v1';
import type * as storage from '@coxswain/api/types/storage-v1';
import type { ApiServer } from '@coxswain/apiserver';
import type { KindName } from './options.ts';

/** Kinds whose name alone tells the type of their objects. */
export interface KnownKinds {
  ConfigMap: core.ConfigMap;
  Endpoints: core.Endpoints;
  Event: core.Event;
  Namespace: core.Namespace;
  Node: core.Node;
  PersistentVolume: core.PersistentVolume;
  PersistentVolumeClaim: core.PersistentVolumeClaim;
  Pod: core.Pod;
  Secret: core.Secret;
  Service: core.Service;
  ServiceAccount: core.ServiceAccount;
  DaemonSet: apps.DaemonSet;
  Deployment: apps.Deployment;
  ReplicaSet: apps.ReplicaSet;
  StatefulSet: apps.StatefulSet;
  HorizontalPodAutoscaler: autoscaling.HorizontalPodAutoscaler;
  CronJob: batch.CronJob;
  Job: batch.Job;
  Lease: coordination.Lease;
  EndpointSlice: discovery.EndpointSlice;
  Ingress: networking.Ingress;
  NetworkPolicy: networking.NetworkPolicy;
  PodDisruptionBudget: policy.PodDisruptionBudget;
  ClusterRole: rbac.ClusterRole;
  ClusterRoleBinding: rbac.ClusterRoleBinding;
  Role: rbac.Role;
  RoleBinding: rbac.RoleBinding;
  StorageClass: storage.StorageClass;
}

/** An object of a kind that is known only by name. */
export type AnyObject = KubeObject & Record<string, any>;

export type ObjectOf<K> = K extends keyof KnownKinds
  ? KnownKinds[K]
  : K extends Resource<infer T>
    ? T
    : AnyObject;

/** Finds served resources by the names that people use. */
export class NamedKinds {
  readonly #server: ApiServer;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** Throws as kubectl does when the server has no such resource. */
  resource(name: KindName): Resource<AnyObject> {
    if (typeof name !== 'string') return name as Resource<AnyObject>;
    const dot = name.indexOf('.');
    const word = (dot < 0 ? name : name.slice(0, dot)).toLowerCase();
    const group = dot < 0 ? undefined : name.slice(dot + 1);
    const found = this.#server.engine.catalog
      .all()
      .find(
        ({ kind: { shortNames = [] }, resource }) =>
          (group === undefined || group === resource.group) &&
          (resource.kind.toLowerCase() === word ||
            resource.resource === word ||
            shortNames.includes(word)),
      );
    if (found) return found.resource as Resource<AnyObject>;
    const message = `the server doesn't have a resource type "${name}"`;
    throw new ApiError(404, 'NotFound', message);
  }

  /** Of an object, by what it says that it is; undefined while nobody serves that. */
  ofObject({ apiVersion = 'v1', kind = '' }: KubeObject): Resource<AnyObject> | undefined {
    const found = this.#server.engine.catalog
      .all()
      .find((served) => served.apiVersion === apiVersion && served.resource.kind === kind);
    return found?.resource as Resource<AnyObject> | undefined;
  }
}
