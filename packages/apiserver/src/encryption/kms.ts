import { createHash, createHmac, randomBytes } from 'node:crypto';
import { uuid, type World } from '@coxswain/base';
import { aesGcm } from './aes.ts';
import type { KmsSettings } from './configuration.ts';
import {
  type Annotations,
  type EncryptedObject,
  kmsDecode,
  kmsEncode,
  KmsWire,
} from './kms-wire.ts';
import type { Soon, Transformer } from './transformer.ts';

const infoBytes = 32;
const seedBytes = 32;
const nameBytesMax = 1024;
const annotationBytesMax = 32 * 1024;
/** How often a plugin that is well, or is not, is asked how it is, and for how long its last key seals without an answer. */
const healthyEveryMs = 60_000;
const unwellEveryMs = 10_000;
const sealsForMs = 180_000;
/** Opened seeds that are kept; there is one for each key and start of a server. */
const seedsMax = 10_000;

const seedType = 1;

interface Sealing {
  readonly seed: Uint8Array;
  readonly keyId: string;
  readonly source: Uint8Array;
  readonly annotations: Annotations;
  untilMs: number;
}

/** The key of one value: HKDF's expansion of the seed by the value's own bytes, of one block. */
const keyOf = (seed: Uint8Array, info: Uint8Array): Buffer =>
  createHmac('sha256', seed).update(info).update(Uint8Array.of(1)).digest();

/** Names what must not be shown. */
const hashOf = (text: string): string =>
  text && `sha256:${createHash('sha256').update(text).digest('hex')}`;

/**
 * Seals with keys from a seed that a plugin keeps sealed: only the seed goes to it, once for each of its keys. It is asked
 * for its key regularly, as upstream does, since plugins tell nobody of a new one.
 */
export class Kms implements Disposable {
  readonly transformer: Transformer;
  readonly #settings: KmsSettings;
  readonly #world: World;
  readonly #wire: KmsWire;
  readonly #seeds = new Map<string, Soon<Uint8Array>>();
  #sealing: Sealing | undefined;
  #timer: Disposable | undefined;
  #isClosed = false;
  #unwell: Error | undefined;

  constructor(settings: KmsSettings, world: World) {
    this.#settings = settings;
    this.#world = world;
    this.#wire = new KmsWire(settings.endpoint, settings.timeoutMs, world);
    this.transformer = {
      prefix: `k8s:enc:kms:v2:${settings.name}:`,
      seal: (value, key) => this.#seal(value, key),
      open: (stored, key) => this.#open(stored, key),
      isOutdated: (stored) => {
        const { keyID, encryptedDEKSourceType } = decoded(stored);
        return keyID !== this.#sealing?.keyId || encryptedDEKSourceType !== seedType;
      },
    };
  }

  /** Why it is not well, as upstream's health check says it. */
  get unwell(): Error | undefined {
    return this.#unwell;
  }

  /** Asks the plugin how it is, takes its key, and goes on to do so until disposed. Resolves after the first time. */
  async open(): Promise<void> {
    const errors: string[] = [];
    try {
      const { healthz, version, key_id: keyId } = await this.#wire.call('Status', {});
      if (healthz !== 'ok') errors.push(`got unexpected healthz status: ${healthz}`);
      if (version !== 'v2' && version !== 'v2beta1')
        errors.push(`expected KMSv2 API version v2, got ${version}`);
      const wrong = wrongKeyId(keyId);
      if (wrong) errors.push(`got invalid KMSv2 KeyID hash "${hashOf(keyId)}": ${wrong}`);
      else await this.#take(keyId).catch((error: Error) => void errors.push(error.message));
    } catch (error) {
      errors.push((error as Error).message);
    }
    const why = errors.length > 1 ? `[${errors.join(', ')}]` : errors[0];
    const { name } = this.#settings;
    this.#unwell =
      why === undefined
        ? undefined
        : new Error(`kmsv2 Provider ${name} is not healthy, error: ${why}`);
    if (this.#unwell)
      this.#world.log.named('encryption').error('a KMS plugin is not well', this.#unwell);
    if (this.#isClosed) return;
    const pauseMs = this.#unwell ? unwellEveryMs : healthyEveryMs;
    this.#timer = this.#world.clock.after(pauseMs, () => void this.open());
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#wire[Symbol.dispose]();
  }

  /** A new seed for a new key; the one there is seals on otherwise. */
  async #take(keyId: string): Promise<void> {
    const { clock, random } = this.#world;
    const untilMs = clock.now() + sealsForMs;
    if (this.#sealing?.keyId === keyId) {
      this.#sealing.untilMs = untilMs;
      return;
    }
    const seed = randomBytes(seedBytes);
    const request = { plaintext: seed, uid: uuid(random) };
    const sealed = await this.#wire.call('Encrypt', request).catch((cause: Error) => {
      throw new Error(`failed to encrypt DEK, error: ${cause.message}`, { cause });
    });
    const { ciphertext: source, annotations } = sealed;
    const found = {
      ...{ keyID: sealed.key_id, encryptedDEKSource: source, annotations },
      ...{ encryptedDEKSourceType: seedType, encryptedData: Uint8Array.of(0) },
    };
    const wrong = wrongIn(found);
    if (wrong) throw new Error(wrong);
    if (sealed.key_id !== keyId)
      throw new Error(
        `failed to rotate DEK: statusKeyIDHash="${hashOf(keyId)}", encryptKeyIDHash="${hashOf(sealed.key_id)}"`,
      );
    this.#sealing = { seed, keyId, source, annotations, untilMs };
    this.#keep(cacheKey(found), seed);
  }

  #seal(value: Uint8Array, key: string): Uint8Array {
    const sealing = this.#sealing;
    if (!sealing) throw new Error('got unexpected nil transformer');
    const nowMs = this.#world.clock.now();
    if (nowMs > sealing.untilMs)
      throw new Error(
        `encryptedDEKSource with keyID hash "${hashOf(sealing.keyId)}" expired at ${second(sealing.untilMs)} (current time is ${second(nowMs)})`,
      );
    const info = randomBytes(infoBytes);
    const sealed = aesGcm('', keyOf(sealing.seed, info)).seal(value, key);
    return kmsEncode('EncryptedObject', {
      encryptedData: Buffer.concat([info, sealed]),
      keyID: sealing.keyId,
      encryptedDEKSource: sealing.source,
      annotations: sealing.annotations,
      encryptedDEKSourceType: seedType,
    });
  }

  #open(stored: Uint8Array, key: string): Soon<Uint8Array> {
    const object = decoded(stored);
    const wrong = wrongIn(object);
    if (wrong) throw new Error(wrong);
    if (!this.#sealing) throw new Error('got unexpected nil transformer');
    const at = cacheKey(object);
    const source = this.#seeds.get(at) ?? this.#ask(object, at);
    return source instanceof Promise
      ? source.then((found) => opened(object, found, key))
      : opened(object, source, key);
  }

  /** Asks the plugin for a seed, or a key, that it sealed: once for all who wait for it. */
  #ask(
    { encryptedDEKSource, keyID, annotations }: EncryptedObject,
    at: string,
  ): Promise<Uint8Array> {
    const uid = uuid(this.#world.random);
    const request = { ciphertext: encryptedDEKSource, uid, key_id: keyID, annotations };
    const asked = this.#wire.call('Decrypt', request).then(
      ({ plaintext }) => {
        this.#keep(at, plaintext);
        return plaintext;
      },
      (cause: Error) => {
        this.#seeds.delete(at);
        throw new Error(`failed to decrypt DEK, error: ${cause.message}`, { cause });
      },
    );
    this.#keep(at, asked);
    return asked;
  }

  #keep(at: string, source: Soon<Uint8Array>): void {
    this.#seeds.delete(at);
    this.#seeds.set(at, source);
    const oldest = this.#seeds.keys().next();
    if (this.#seeds.size > seedsMax) this.#seeds.delete(oldest.value!);
  }
}

const decoded = (stored: Uint8Array): EncryptedObject =>
  kmsDecode('EncryptedObject', stored) as EncryptedObject;

function opened(object: EncryptedObject, source: Uint8Array, key: string): Uint8Array {
  const { encryptedData: data } = object;
  if (object.encryptedDEKSourceType !== seedType)
    return aesGcm('', source).open(data, key) as Uint8Array;
  if (source.length < seedBytes)
    throw new Error(`invalid seed length ${source.length} used for key generation`);
  if (data.length < infoBytes)
    throw new Error('the stored data was shorter than the required size');
  const derived = keyOf(source, data.subarray(0, infoBytes));
  return aesGcm('', derived).open(data.subarray(infoBytes), key) as Uint8Array;
}

const cacheKey = (object: EncryptedObject): string =>
  [
    ...[String(object.encryptedDEKSourceType), object.keyID],
    ...[object.encryptedDEKSource, ...Object.entries(object.annotations).toSorted().flat()].map(
      (part) => (typeof part === 'string' ? part : Buffer.from(part).toString('base64')),
    ),
  ].join('\0');

function wrongKeyId(id: string): string | undefined {
  if (id === '') return 'keyID is empty';
  return Buffer.byteLength(id) > nameBytesMax
    ? `keyID is ${Buffer.byteLength(id)} bytes, which exceeds the max size of ${nameBytesMax}`
    : undefined;
}

function wrongIn(object: EncryptedObject): string | undefined {
  const { encryptedDEKSourceType: type, encryptedDEKSource: source, annotations } = object;
  if (type !== 0 && type !== seedType) return `unknown encryptedDEKSourceType: ${type}`;
  if (object.encryptedData.length === 0) return 'encrypted data is empty';
  const ofSource = (why: string): string => `failed to validate encrypted DEK source: ${why}`;
  if (source.length === 0) return ofSource('encrypted DEK source is empty');
  if (source.length > nameBytesMax)
    return ofSource(
      `encrypted DEK source is ${source.length} bytes, which exceeds the max size of ${nameBytesMax}`,
    );
  const wrong = wrongKeyId(object.keyID);
  if (wrong) return `failed to validate key id: ${wrong}`;
  const bytes = Object.entries(annotations).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + value.length,
    0,
  );
  return bytes > annotationBytesMax
    ? `failed to validate annotations: total size of annotations is ${bytes}, which exceeds the max size of ${annotationBytesMax}`
    : undefined;
}

/** A moment as Go's RFC 3339 writes it. */
const second = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
