/** What kubectl's clients accept: that of built-in kinds, and that of structs; the one of objects of any kind takes JSON alone. */
export const accepts = {
  builtIn: 'application/json, */*',
  typed: 'application/vnd.kubernetes.protobuf,application/json',
} as const;

/** How a server is asked about itself: kubectl's client says how long it waits, and keeps the answers. */
export const discovering: {
  readonly accept: string;
  readonly query: Readonly<Record<string, string>>;
  readonly isKept: true;
} = {
  accept: accepts.builtIn,
  query: { timeout: '32s' },
  isKept: true,
};

const protobuf = 'application/vnd.kubernetes.protobuf';

/** The code is not small, and most lines do without. */
const codec = (): Promise<typeof import('@coxswain/api/codec/protobuf')> =>
  import('@coxswain/api/codec/protobuf');

/** What a request holds to send a canonical object as the client of structs does. */
export const typedBody = async (
  object: object,
): Promise<{ accept: string; contentType: string; body: Uint8Array }> => ({
  ...{ accept: accepts.typed, contentType: protobuf },
  body: (await codec()).encodeProtobuf(object),
});

export const isProtobuf = (contentType: string | undefined): boolean =>
  contentType?.startsWith(protobuf) === true;

/** The object that an answer in protobuf holds. */
export const decoded = async (bytes: Uint8Array): Promise<object> =>
  (await codec()).decodeProtobuf(bytes);
