/** A driver of the test's own, over real sockets: found, asked, and asked to take back. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { Pod } from '@coxswain/api/types/core-v1';
import { systemWorld } from '@coxswain/base';
import { NodeDevices } from './pod-devices.ts';

const { root } = protobuf.parse(`
syntax = "proto3"; package t;
message Empty {}
message Info { string type = 1; string name = 2; string endpoint = 3; repeated string versions = 4; }
message Status { bool registered = 1; string error = 2; }
message Claim { string namespace = 1; string uid = 2; string name = 3; }
message Claims { repeated Claim claims = 1; }
message Device { repeated string requests = 1; string pool = 2; string device = 3; repeated string ids = 4; }
message One { repeated Device devices = 1; string error = 2; }
message Prepared { map<string, One> claims = 1; }
message Gone { string error = 1; }
message Unprepared { map<string, Gone> claims = 1; }
`);
const codec = (name: string) => {
  const type = root.lookupType(`t.${name}`);
  return {
    serialize: (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    deserialize: (bytes: Buffer): any => type.toObject(type.decode(bytes), { defaults: true }),
  };
};
const method = (path: string, sent: string, received: string): any => ({
  ...{ path, requestStream: false, responseStream: false },
  requestSerialize: codec(sent).serialize,
  requestDeserialize: codec(sent).deserialize,
  responseSerialize: codec(received).serialize,
  responseDeserialize: codec(received).deserialize,
});

interface FakeDriver extends AsyncDisposable {
  readonly told: string[];
}

/** `error`: what it says of every claim. */
async function driver(
  socket: string,
  versions: readonly string[],
  error = '',
): Promise<FakeDriver> {
  const told: string[] = [];
  const server = new Server();
  const service = `/k8s.io.kubelet.pkg.apis.dra.${versions.includes('v1.DRAPlugin') ? 'v1' : 'v1beta1'}.DRAPlugin`;
  const answer = (make: (call: any) => object) => (call: any, done: any) =>
    done(null, make(call.request));
  server.addService(
    {
      GetInfo: method('/pluginregistration.Registration/GetInfo', 'Empty', 'Info'),
      Notify: method(
        '/pluginregistration.Registration/NotifyRegistrationStatus',
        'Status',
        'Empty',
      ),
      Prepare: method(`${service}/NodePrepareResources`, 'Claims', 'Prepared'),
      Unprepare: method(`${service}/NodeUnprepareResources`, 'Claims', 'Unprepared'),
    },
    {
      GetInfo: answer(() => ({ type: 'DRAPlugin', name: 'd.example.com', endpoint: '', versions })),
      Notify: answer(({ registered, error: why }) => {
        told.push(registered ? 'registered' : `refused: ${why}`);
        return {};
      }),
      Prepare: answer(({ claims }) => {
        told.push(`prepare ${claims.map(({ name }: any) => name)}`);
        const of = (name: string) => ({
          error,
          devices: [
            { requests: ['one'], pool: 'p', device: 'x', ids: [`d.example.com/gpu=${name}-x`] },
            { requests: [], pool: 'p', device: 'y', ids: [`d.example.com/gpu=${name}-y`] },
          ],
        });
        return { claims: Object.fromEntries(claims.map(({ uid, name }: any) => [uid, of(name)])) };
      }),
      Unprepare: answer(({ claims }) => {
        told.push(`unprepare ${claims.map(({ name }: any) => name)}`);
        return { claims: Object.fromEntries(claims.map(({ uid }: any) => [uid, {}])) };
      }),
    },
  );
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (failed) =>
      failed ? reject(failed) : resolve(),
    ),
  );
  return { told, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

const pod = (name: string, claim = 'c'): Pod => ({
  metadata: { name, namespace: 'ns', uid: `uid-${name}` },
  spec: { containers: [], resourceClaims: [{ name: 'gpu', resourceClaimName: claim }] },
});
const claim = (name: string, ...users: readonly string[]): any => ({
  metadata: { name, namespace: 'ns', uid: `claim-${name}` },
  status: {
    allocation: {
      devices: { results: [{ request: 'one', driver: 'd.example.com', pool: 'p', device: 'x' }] },
    },
    reservedFor: users.map((user) => ({ resource: 'pods', name: user, uid: `uid-${user}` })),
  },
});
const using_ = (...claims: readonly object[]): any => ({ name: 'main', resources: { claims } });

interface Node extends AsyncDisposable {
  readonly devices: NodeDevices;
  readonly socket: string;
  readonly signal: AbortSignal;
}

async function node(
  claims: readonly any[],
  before?: (socket: string) => Promise<void>,
): Promise<Node> {
  const rootDir = await mkdtemp(join(tmpdir(), 'cox-devices-'));
  const socket = join(rootDir, 'plugins_registry', 'd.sock');
  await mkdir(join(rootDir, 'plugins_registry'));
  await before?.(socket);
  const end = new AbortController();
  const client: any = {
    async get(_resource: unknown, name: string) {
      const found = claims.find(({ metadata }) => metadata.name === name);
      if (found) return found;
      throw new Error(`resourceclaims.resource.k8s.io "${name}" not found`);
    },
  };
  const { signal } = end;
  const devices = await NodeDevices.open({ world: systemWorld(), client, rootDir, signal });
  return {
    ...{ devices, socket, signal },
    async [Symbol.asyncDispose]() {
      end.abort();
      await rm(rootDir, { recursive: true, force: true });
    },
  };
}

/** The driver registers on its own time. */
async function registered({ told }: FakeDriver): Promise<void> {
  for (let tries = 0; told.length === 0 && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  // What follows is remembered before the plugin is told.
  assert.equal(told[0], 'registered');
}

for (const versions of [['v1.DRAPlugin', 'v1beta1.DRAPlugin'], ['v1beta1.DRAPlugin']])
  test(`devices are made ready and taken back: ${versions}`, async () => {
    await using here = await node([claim('c', 'a', 'b')]);
    await using fake = await driver(here.socket, versions);
    await registered(fake);
    const ready = await here.devices.prepare(pod('a'), here.signal);
    const ids = (...claims: readonly object[]) => ready(using_(...claims));
    assert.deepEqual(ids({ name: 'gpu' }), ['d.example.com/gpu=c-x', 'd.example.com/gpu=c-y']);
    assert.deepEqual(ids({ name: 'gpu', request: 'two' }), ['d.example.com/gpu=c-y']);
    assert.deepEqual(ids(), []);
    await here.devices.prepare(pod('b'), here.signal); // shares the claim
    await here.devices.release('uid-a', here.signal);
    await here.devices.release('uid-b', here.signal);
    await here.devices.release('uid-b', here.signal);
    assert.deepEqual(fake.told, ['registered', 'prepare c', 'unprepare c']);
  });

const told = (message: string) => ({ message: `prepare dynamic resources: ${message}` });

test('a driver that is not there, and one that was there before us', async () => {
  await using here = await node([claim('c', 'a')]);
  await assert.rejects(
    here.devices.prepare(pod('a'), here.signal),
    told('DRA driver d.example.com is not registered'),
  );
  await here.devices.release('uid-a', here.signal);
  let early: FakeDriver | undefined;
  await using there = await node([claim('c', 'a')], async (socket) => {
    early = await driver(socket, ['v1.DRAPlugin']);
  });
  await using fake = early!;
  await registered(fake);
  await there.devices.prepare(pod('a'), there.signal);
});

test('what a pod may not use, and what fails', async () => {
  await using here = await node([claim('c', 'other'), claim('d', 'a')]);
  await using fake = await driver(here.socket, ['v1.DRAPlugin'], 'no power');
  await registered(fake);
  await assert.rejects(
    here.devices.prepare(pod('a'), here.signal),
    told('pod a (uid-a) is not allowed to use ResourceClaim c (claim-c)'),
  );
  await assert.rejects(
    here.devices.prepare(pod('a', 'none'), here.signal),
    told('fetch ResourceClaim none: resourceclaims.resource.k8s.io "none" not found'),
  );
  await assert.rejects(
    here.devices.prepare(pod('a', 'd'), here.signal),
    told('NodePrepareResources failed for ResourceClaim d: no power'),
  );
  await here.devices.release('uid-a', here.signal); // it was asked, so it is asked to undo
  assert.deepEqual(fake.told, ['registered', 'prepare d', 'unprepare d']);
});

test('a driver of the future is refused', async () => {
  await using here = await node([]);
  await using fake = await driver(here.socket, ['v9.DRAPlugin']);
  for (let tries = 0; fake.told.length === 0 && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.match(
    fake.told[0]!,
    /^refused: invalid supported gRPC versions of DRA driver plugin d\.example\.com/,
  );
});
