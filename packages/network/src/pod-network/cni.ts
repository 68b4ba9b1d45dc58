import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Interface of a node that all its pods hang on. */
export const podBridge = 'cni0';

/**
 * Writes the node's CNI configuration: a bridge, addresses from `podRange`, kept by the host-local plugin under
 * `stateDir`. Host ports and masquerading are not its business: the node's nftables tables do both.
 */
export async function writeCniConfig(
  folder: string,
  podRange: string,
  stateDir: string,
): Promise<void> {
  const config = {
    cniVersion: '1.0.0',
    name: 'coxswain',
    plugins: [
      {
        type: 'bridge',
        bridge: podBridge,
        isGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: stateDir,
          ranges: [[{ subnet: podRange }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
  await mkdir(folder, { recursive: true });
  const file = join(folder, '10-coxswain.conflist');
  await writeFile(`${file}.tmp`, `${JSON.stringify(config, null, 2)}\n`);
  await rename(`${file}.tmp`, file); // containerd watches the folder and must not read half a file
}
