import type { NodePki } from '@coxswain/apiserver/certificates';
import type { World } from '@coxswain/base';
import type { Kubelet, KubeletParts } from '@coxswain/kubelet';
import {
  delegatedAuthentication,
  delegatedAuthorization,
  linuxFigures,
  type KubeletServerOptions,
  openKubeletServer,
  streamWire,
} from '@coxswain/kubelet/server';

export interface KubeletServerWanted {
  readonly world: World;
  readonly nodeName: string;
  readonly listen: KubeletServerOptions['listen'];
  readonly serving: NodePki['serving'];
  readonly clientAuthority: string; // PEM
  /** Folders of a real node: of its pods, and of its images. */
  readonly folders?: { readonly pods: string; readonly images: string };
}

type Duty = NonNullable<KubeletParts['duties']>[number];

/** A kubelet's duty to answer for its node: logs, sessions in containers, figures. */
export const kubeletServer =
  ({ world, nodeName, listen, serving, clientAuthority, folders }: KubeletServerWanted): Duty =>
  async (kubelet: Kubelet, signal) => {
    const { client, runtime } = kubelet.context;
    await using _server = await openKubeletServer({
      listen,
      tls: {
        certificate: serving.certificate,
        key: serving.key,
        clientAuthorities: clientAuthority,
      },
      authenticate: delegatedAuthentication(client, world),
      authorize: delegatedAuthorization(client, nodeName, world),
      node: {
        ...{ world, nodeName, runtime },
        wire: streamWire(world.clock),
        pods: () => [...kubelet.pods.all.values()].map(({ pod }) => pod),
        configuration: () => ({
          kind: 'KubeletConfiguration',
          apiVersion: 'kubelet.config.k8s.io/v1beta1',
        }),
        systemLogs: folders && '/var/log',
        machine: folders && linuxFigures(world.clock, folders.pods, folders.images),
      },
      signal,
    });
    if (!signal.aborted)
      await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
  };
