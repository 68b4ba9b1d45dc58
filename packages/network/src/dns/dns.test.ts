import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServiceSpec } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { seededRandom, silentLog, systemClock } from '@coxswain/base';
import {
  type Answer,
  decode as decodePacket,
  type DecodedPacket,
  encode,
  type OptAnswer,
  type RecordType,
} from 'dns-packet';
import fc from 'fast-check';
import { machineNameServers, type NameServer } from './forward.ts';
import { Names } from './names.ts';
import { DnsServer } from './server.ts';
import { reverseName, serviceRecords } from './service-records.ts';

const domain = 'cluster.local';
const service = (name: string, spec: ServiceSpec) => ({
  metadata: { name, namespace: 'shop' },
  spec,
});
const slice = (count: number): EndpointSlice => ({
  metadata: { name: 'db-1', namespace: 'shop' },
  addressType: 'IPv4',
  ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
  endpoints: [
    { addresses: ['10.0.0.1'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.0.0.2'], conditions: { ready: false } },
    ...Array.from({ length: count }, (_, n) => ({ addresses: [`10.1.0.${n + 1}`] })),
  ],
});

function shop(endpoints = 1): Names {
  const names = new Names(domain);
  const add = (name: string, spec: ServiceSpec, slices: EndpointSlice[] = []): void =>
    names.set(`shop/${name}`, serviceRecords(service(name, spec), slices, domain));
  add('web', { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }] });
  add('db', { clusterIP: 'None' }, [slice(endpoints)]);
  add('alias', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' });
  add('hen', { type: 'ExternalName', externalName: 'egg.shop.svc.cluster.local' });
  add('egg', { type: 'ExternalName', externalName: 'hen.shop.svc.cluster.local.' });
  add('away', { type: 'ExternalName', externalName: 'Example.com' });
  return names;
}

const circle = Array.from(
  { length: 9 },
  (_, at) => `CNAME ${at % 2 === 0 ? 'hen' : 'egg'}.shop.svc.cluster.local`,
);
const web = 'web.shop.svc.cluster.local';
for (const [name, question, type, want] of [
  ['cluster address', web, 'A', ['A 10.96.0.7']],
  ['no IPv6 address, but the name exists', web, 'AAAA', []],
  ['named port', `_http._tcp.${web}`, 'SRV', [`SRV 80 ${web}`]],
  ['reverse', '7.0.96.10.in-addr.arpa', 'PTR', [`PTR ${web}`]],
  ['headless: ready endpoints', 'db.shop.svc.cluster.local', 'A', ['A 10.0.0.1', 'A 10.1.0.1']],
  ['headless: by host name', 'db-0.db.shop.svc.cluster.local', 'A', ['A 10.0.0.1']],
  ['headless: by address', '10-1-0-1.db.shop.svc.cluster.local', 'A', ['A 10.1.0.1']],
  [
    'headless: port of each',
    '_sql._tcp.db.shop.svc.cluster.local',
    'SRV',
    ['SRV 5432 db-0.db.shop.svc.cluster.local', 'SRV 5432 10-1-0-1.db.shop.svc.cluster.local'],
  ],
  ['alias inside', 'alias.shop.svc.cluster.local', 'A', [`CNAME ${web}`, 'A 10.96.0.7']],
  ['alias asked for itself', 'alias.shop.svc.cluster.local', 'CNAME', [`CNAME ${web}`]],
  ['aliases in a circle end', 'egg.shop.svc.cluster.local', 'A', circle],
  ['alias outside', 'away.shop.svc.cluster.local', 'A', ['CNAME example.com']],
  ['pod', '10-1-2-3.shop.pod.cluster.local', 'A', ['A 10.1.2.3']],
  ['unknown name', 'nobody.shop.svc.cluster.local', 'A', undefined],
  ['a namespace exists while it has a service', 'shop.svc.cluster.local', 'A', []],
] as const)
  test(`names: ${name}`, () => {
    const found = shop().find(question, type);
    const text = found?.records.map((record) =>
      record.type === 'SRV'
        ? `SRV ${record.data.port} ${record.data.target}`
        : `${record.type} ${record.data}`,
    );
    assert.deepEqual(found?.exists ? text : undefined, want);
  });

test('names: foreign names are not ours; removed services leave nothing', () => {
  const names = shop();
  assert.equal(names.find('example.com', 'A'), undefined);
  assert.equal(names.find('9.9.9.9.in-addr.arpa', 'PTR'), undefined);
  for (const name of ['web', 'db', 'alias', 'hen', 'egg', 'away']) names.set(`shop/${name}`, []);
  assert.deepEqual(names.find('shop.svc.cluster.local', 'A'), { records: [], exists: false });
});

const arbitraryService = fc.option(
  fc.record({ headless: fc.boolean(), endpoints: fc.integer({ min: 0, max: 4 }) }),
  { nil: undefined },
);

test('names changed step by step equal names made from scratch', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b'), arbitraryService), { maxLength: 12 }),
      (steps) => {
        const recordsOf = (name: string, shape: (typeof steps)[0][1]) => {
          if (!shape) return [];
          const spec = shape.headless
            ? { clusterIP: 'None' }
            : { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }] };
          return serviceRecords(service(name, spec), [slice(shape.endpoints)], domain);
        };
        const stepwise = new Names(domain);
        for (const [name, shape] of steps) stepwise.set(name, recordsOf(name, shape));
        const last = new Map<string, (typeof steps)[0][1]>(steps);
        const whole = new Names(domain);
        for (const name of ['a', 'b']) whole.set(name, recordsOf(name, last.get(name)));
        for (const name of ['a', 'b'])
          for (const prefix of ['', '_http._tcp.', '_tcp.', 'db-0.', '10-1-0-2.'])
            for (const type of ['A', 'SRV'])
              assert.deepEqual(
                stepwise.find(`${prefix}${name}.shop.svc.${domain}`, type),
                whole.find(`${prefix}${name}.shop.svc.${domain}`, type),
              );
        assert.deepEqual(
          stepwise.find(`shop.svc.${domain}`, 'A'),
          whole.find(`shop.svc.${domain}`, 'A'),
        );
      },
    ),
  ));

test('reverse names of IPv6', () =>
  assert.equal(reverseName('fd00::1'), `1${'.0'.repeat(27)}.0.0.d.f.ip6.arpa`));

const open = (names: Names, forwarders: readonly NameServer[] = []): Promise<DnsServer> =>
  DnsServer.open({
    address: '127.0.0.1',
    port: 0,
    domain,
    names,
    forwarders,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
  });
const query = (name: string, type: RecordType, size?: number): Buffer =>
  encode({
    type: 'query',
    id: 7,
    flags: 0x100,
    questions: [{ type, name }],
    ...(size && {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: size,
          flags: 0,
          options: [],
        } as unknown as OptAnswer,
      ],
    }),
  });

async function askUdp(port: number, bytes: Buffer): Promise<Decoded> {
  const socket = createSocket('udp4');
  socket.send(bytes, port, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return decode(answer);
}

async function askTcp(port: number, bytes: Buffer): Promise<Decoded> {
  const socket = connect(port, '127.0.0.1');
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  socket.write(Buffer.concat([head, bytes]));
  let all = Buffer.alloc(0);
  for await (const piece of socket) {
    all = Buffer.concat([all, piece as Buffer]);
    if (all.length >= 2 && all.length >= 2 + all.readUInt16BE(0)) break;
  }
  return decode(all.subarray(2));
}

/** The library reads the code, its types do not say so. */
type Decoded = DecodedPacket & { readonly rcode: string };
const decode = (bytes: Buffer): Decoded => decodePacket(bytes) as Decoded;

const addresses = (answers: readonly Answer[] | undefined): unknown[] =>
  (answers ?? []).map((answer) => ('data' in answer ? answer.data : undefined));

test('server: answers in the letters of the question', async () => {
  await using server = await open(shop());
  const answer = await askUdp(server.port, query('WEB.shop.svc.cluster.local', 'A'));
  assert.equal(answer.answers?.[0]?.name, 'WEB.shop.svc.cluster.local');
  assert.deepEqual(
    [answer.id, answer.rcode, addresses(answer.answers)],
    [7, 'NOERROR', ['10.96.0.7']],
  );
});

test('server: says when there is no such name, with the zone to remember that by', async () => {
  await using server = await open(shop());
  const answer = await askUdp(server.port, query('nobody.cluster.local', 'A'));
  assert.deepEqual([answer.rcode, answer.authorities?.[0]?.type], ['NXDOMAIN', 'SOA']);
});

test('server: a long answer is cut over UDP, whole over TCP and where the client has room', async () => {
  await using server = await open(shop(60));
  const name = 'db.shop.svc.cluster.local';
  const cut = await askUdp(server.port, query(name, 'A'));
  assert.deepEqual([cut.flag_tc, cut.answers], [true, []]);
  const whole = await askTcp(server.port, query(name, 'A'));
  assert.equal(whole.answers?.length, 61);
  const roomy = await askUdp(server.port, query(name, 'A', 4096));
  assert.equal(roomy.answers?.length, 61);
});

test('server: without a server to ask, names of the world fail', async () => {
  await using server = await open(shop());
  assert.equal((await askUdp(server.port, query('example.com', 'A'))).rcode, 'SERVFAIL');
});

test('server: ports come with a share of the weight, and the addresses of their targets', async () => {
  await using server = await open(shop());
  const name = '_sql._tcp.db.shop.svc.cluster.local';
  const answer = await askUdp(server.port, query(name, 'SRV'));
  const weights = answer.answers?.map((one) => (one.type === 'SRV' ? one.data.weight : undefined));
  assert.deepEqual(weights, [50, 50]);
  assert.deepEqual(addresses(answer.additionals).toSorted(), ['10.0.0.1', '10.1.0.1']);
});

test('server: who asks with EDNS is answered with it, nobody else', async () => {
  await using server = await open(shop());
  const types = async (size?: number): Promise<string[]> => {
    const { additionals } = await askUdp(server.port, query(web, 'A', size));
    return (additionals ?? []).map(({ type }) => type);
  };
  assert.deepEqual([await types(1232), await types()], [['OPT'], []]);
});

test('server: addresses of a headless service come in changing order', async () => {
  await using server = await open(shop(5));
  const orders = new Set<string>();
  for (let time = 0; time < 20; time++) {
    const { answers } = await askUdp(server.port, query('db.shop.svc.cluster.local', 'A'));
    assert.equal(answers?.length, 6);
    orders.add(addresses(answers).join(' '));
  }
  assert.ok(orders.size > 1);
});

test('server: the zone tells of itself', async () => {
  await using server = await open(shop());
  const types = async (type: RecordType): Promise<string[]> =>
    ((await askUdp(server.port, query(domain, type))).answers ?? []).map((one) => one.type);
  assert.deepEqual(
    [await types('SOA'), await types('NS'), await types('A')],
    [['SOA'], ['NS'], []],
  );
  const version = await askUdp(server.port, query(`dns-version.${domain}`, 'TXT'));
  assert.deepEqual(addresses(version.answers).map(String), ['1.1.0']);
});

interface World extends AsyncDisposable {
  readonly nameServer: NameServer;
  readonly asked: string[];
}

/** A name server of the world outside, over UDP and TCP, that knows 9.9.9.9 for every name; long ones only over TCP. */
async function world(): Promise<World> {
  const asked: string[] = [];
  const answer = (bytes: Buffer, over: string): Buffer => {
    const { id, questions } = decodePacket(bytes);
    const [question] = questions!;
    asked.push(`${over} ${question!.type} ${question!.name}`);
    const isLong = over === 'udp' && question!.name.startsWith('long');
    return encode({
      type: 'response',
      id: id!,
      flags: isLong ? 0x200 : 0,
      questions: questions!,
      answers: isLong ? [] : [{ type: 'A', name: question!.name, ttl: 60, data: '9.9.9.9' }],
    });
  };
  const tcp = createServer((socket) => {
    socket.on('data', (data) => {
      const bytes = answer((data as Buffer).subarray(2), 'tcp');
      const head = Buffer.alloc(2);
      head.writeUInt16BE(bytes.length);
      socket.end(Buffer.concat([head, bytes]));
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => udp.send(answer(bytes, 'udp'), from.port, from.address));
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return {
    nameServer: { address: '127.0.0.1', port },
    asked,
    async [Symbol.asyncDispose]() {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

test('server: names of the world are asked there, over the same way', async () => {
  await using outside = await world();
  await using server = await open(shop(), [outside.nameServer]);
  const short = await askUdp(server.port, query('example.com', 'A'));
  assert.deepEqual([short.id, addresses(short.answers)], [7, ['9.9.9.9']]);
  const cut = await askUdp(server.port, query('long.example.com', 'A'));
  assert.deepEqual([cut.flag_tc, cut.answers], [true, []]);
  const whole = await askTcp(server.port, query('long.example.com', 'A'));
  assert.deepEqual(addresses(whole.answers), ['9.9.9.9']);
  await askUdp(server.port, query('9.9.9.9.in-addr.arpa', 'PTR'));
  await askUdp(server.port, query('nobody.shop.svc.cluster.local', 'A'));
  assert.deepEqual(outside.asked, [
    'udp A example.com',
    'udp A long.example.com',
    'tcp A long.example.com',
    'udp PTR 9.9.9.9.in-addr.arpa',
  ]);
});

test('server: a name server that does not answer gives way to the next', async () => {
  await using outside = await world();
  const dead = createSocket('udp4').bind(0, '127.0.0.1');
  await once(dead, 'listening');
  const { port } = dead.address();
  dead.close();
  await using server = await open(shop(), [{ address: '127.0.0.1', port }, outside.nameServer]);
  const answer = await askUdp(server.port, query('example.com', 'A'));
  assert.deepEqual(addresses(answer.answers), ['9.9.9.9']);
});

test('server: the addresses of a name outside come with the alias of the service', async () => {
  await using outside = await world();
  await using server = await open(shop(), [outside.nameServer]);
  const answer = await askUdp(server.port, query('away.shop.svc.cluster.local', 'A'));
  assert.deepEqual(addresses(answer.answers), ['example.com', '9.9.9.9']);
  const alias = await askUdp(server.port, query('away.shop.svc.cluster.local', 'CNAME'));
  assert.deepEqual(addresses(alias.answers), ['example.com']);
});

test('server: what is no question gets no answer, and does no harm', async () => {
  await using server = await open(shop());
  const socket = createSocket('udp4');
  socket.send(Buffer.from('no question'), server.port, '127.0.0.1');
  socket.send(Buffer.alloc(0), server.port, '127.0.0.1');
  socket.close();
  assert.equal((await askUdp(server.port, query(web, 'A'))).rcode, 'NOERROR');
});

test('the name servers of the machine are those of its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cox-dns-'));
  const file = join(folder, 'resolv.conf');
  await writeFile(file, '# mine\nnameserver 1.1.1.1\nsearch a\n nameserver fd00::1\n');
  assert.deepEqual(await machineNameServers(file), [
    { address: '1.1.1.1', port: 53 },
    { address: 'fd00::1', port: 53 },
  ]);
  assert.deepEqual(await machineNameServers(join(folder, 'none')), []);
  await rm(folder, { recursive: true });
});
