/** Go's structs within structs whose fields JSON writes as the outer one's own: Go names them where a field cannot be read. */

interface Embedding {
  /** The outer struct's own fields; or those of the inner one alone, where they are fewer. */
  readonly own?: readonly string[];
  readonly inner?: readonly string[];
  readonly name: string;
}

const reference: Embedding = { inner: ['name'], name: 'LocalObjectReference' };
const device: Embedding = { inner: ['opaque'], name: 'DeviceConfiguration' };

const embeddings: Readonly<Record<string, readonly Embedding[]>> = {
  NamedRuleWithOperations: [
    { own: ['resourceNames'], name: 'RuleWithOperations' },
    { own: ['resourceNames', 'operations'], name: 'Rule' },
  ],
  RuleWithOperations: [{ own: ['operations'], name: 'Rule' }],
  ConfigMapEnvSource: [reference],
  ConfigMapKeySelector: [reference],
  ConfigMapProjection: [reference],
  ConfigMapVolumeSource: [reference],
  SecretEnvSource: [reference],
  SecretKeySelector: [reference],
  SecretProjection: [reference],
  EphemeralContainer: [{ own: ['targetContainerName'], name: 'EphemeralContainerCommon' }],
  PersistentVolumeSpec: [
    {
      own: [
        ...['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity'],
        ...['persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName'],
        'volumeMode',
      ],
      name: 'PersistentVolumeSource',
    },
  ],
  Probe: [{ inner: ['exec', 'grpc', 'httpGet', 'tcpSocket'], name: 'ProbeHandler' }],
  Volume: [{ own: ['name'], name: 'VolumeSource' }],
  IngressRule: [{ inner: ['http'], name: 'IngressRuleValue' }],
  DeviceAllocationConfiguration: [device],
  DeviceClaimConfiguration: [device],
  DeviceClassConfiguration: [device],
};

/** The structs between `struct` and its field, outermost first. */
export const embeddedIn = (struct: string, field: string): readonly string[] =>
  (embeddings[struct] ?? [])
    .filter(({ own, inner }) => (inner ? inner.includes(field) : !own?.includes(field)))
    .map(({ name }) => name);
