import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tarArchive } from './tar.ts';

/** An image of one layer, as `FROM scratch` would give. */
export interface ImageSource {
  readonly reference: string; // with registry and tag: coxswain.local/hello:1
  readonly architecture: 'amd64' | 'arm64';
  readonly files: readonly TarEntry[];
  readonly entrypoint?: readonly string[];
  /** What runs unless a pod names arguments. */
  readonly command?: readonly string[];
  readonly user?: string;
  readonly env?: readonly string[];
  readonly workingDir?: string;
  readonly exposedPorts?: readonly string[]; // '8080/tcp'
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const epoch = '1970-01-01T00:00:00Z';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * An OCI image layout as one archive, with a `manifest.json` for readers of docker archives. The
 * same source always gives the same bytes, hence the same image id.
 */
export function ociArchive(source: ImageSource): Uint8Array {
  const layerTar = tarArchive(source.files);
  const blobs = new Map<string, Uint8Array>();
  const blob = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.byteLength };
  };
  const config = blob(
    'application/vnd.oci.image.config.v1+json',
    json(imageConfig(source, layerTar)),
  );
  const layer = blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(layerTar));
  const manifest = blob(
    'application/vnd.oci.image.manifest.v1+json',
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
    }),
  );
  const annotations = {
    'io.containerd.image.name': source.reference,
    'org.opencontainers.image.ref.name': source.reference.split(':').at(-1),
  };
  const pathOf = (digest: string): string => `blobs/sha256/${digest.replace('sha256:', '')}`;
  const file = (path: string, content: Uint8Array): TarEntry => ({ path, mode: 0o644, content });
  return tarArchive([
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    file(
      'index.json',
      json({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [{ ...manifest, annotations }],
      }),
    ),
    file(
      'manifest.json',
      json([
        {
          Config: pathOf(config.digest),
          RepoTags: [source.reference],
          Layers: [pathOf(layer.digest)],
        },
      ]),
    ),
    ...[...blobs].map(([digest, bytes]) => file(pathOf(digest), bytes)),
  ]);
}

function imageConfig(source: ImageSource, layerTar: Uint8Array): unknown {
  return {
    created: epoch,
    architecture: source.architecture,
    os: 'linux',
    config: {
      ...(source.entrypoint && { Entrypoint: source.entrypoint }),
      ...(source.command && { Cmd: source.command }),
      ...(source.user && { User: source.user }),
      ...(source.env && { Env: source.env }),
      ...(source.workingDir && { WorkingDir: source.workingDir }),
      ...(source.exposedPorts && {
        ExposedPorts: Object.fromEntries(source.exposedPorts.map((port) => [port, {}])),
      }),
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layerTar)}`] },
    history: [{ created: epoch, created_by: 'coxswain' }],
  };
}
