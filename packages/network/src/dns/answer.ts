import type {
  Answer,
  DecodedPacket,
  OptAnswer,
  Packet,
  Question,
  SoaAnswer,
  TxtAnswer,
} from 'dns-packet';
import { AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE } from 'dns-packet';
import type { Names } from './names.ts';
import type { NameRecord } from './service-records.ts';

const ttlSeconds = 30;
const negativeTtlSeconds = 5;
/** The version of the specification these names follow. */
const specificationVersion = '1.1.0';
/** What this server takes over UDP, as it tells clients that ask so. */
const udpBytesTaken = 1232;

const nxdomain = 3;
export const servfail = 2;
export const notimp = 4;

/**
 * The cluster's answer to a question, or undefined when the question is for the world outside. Addresses come in an
 * order drawn from `random`, so that clients which take the first one spread.
 */
export function answerOf(
  query: DecodedPacket,
  names: Names,
  domain: string,
  random: () => number,
): Packet | undefined {
  const question = query.questions?.[0];
  if (!question) return reply(query, notimp);
  const name = question.name.toLowerCase();
  const own = ownRecord(name, question, domain);
  if (own) return reply(query, 0, [own]);
  const found = names.find(name, question.type);
  if (!found) return undefined;
  if (found.records.length === 0)
    return reply(query, found.exists ? 0 : nxdomain, [], [authority(domain)]);
  const aliases = found.records.filter(({ type }) => type === 'CNAME');
  const others = shuffled(
    found.records.filter(({ type }) => type !== 'CNAME'),
    random,
  );
  const all = [...aliases, ...others];
  const services = all.filter(({ type }) => type === 'SRV').length;
  const answers = all.map((record) => answer(record, question, services));
  return reply(query, 0, answers, [], targetsOf(all, names, question));
}

/** Where an answer ends in a name outside the cluster, whose addresses are to be asked for. */
export function openAlias({ answers = [], questions = [] }: Packet): string | undefined {
  const [last, question] = [answers.at(-1), questions[0]];
  const wantsAddress = question?.type === 'A' || question?.type === 'AAAA';
  return wantsAddress && last?.type === 'CNAME' ? last.data : undefined;
}

/** An answer to `query` with this code; the question is repeated as it was written. */
export function reply(
  query: DecodedPacket,
  code: number,
  answers: Answer[] = [],
  authorities: Answer[] = [],
  additionals: Answer[] = [],
): Packet {
  const recursionDesired = (query.flags ?? 0) & 0x100;
  const flags =
    recursionDesired | RECURSION_AVAILABLE | code | (code === servfail ? 0 : AUTHORITATIVE_ANSWER);
  const packet: Packet = { type: 'response', flags, answers, authorities };
  packet.additionals = query.additionals?.some(({ type }) => type === 'OPT')
    ? [...additionals, extension]
    : additionals;
  if (query.id !== undefined) packet.id = query.id;
  if (query.questions) packet.questions = query.questions;
  return packet;
}

/** Who asks with EDNS is answered with it. */
const extension: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: udpBytesTaken,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
} as OptAnswer;

function ownRecord(
  name: string,
  { name: asked, type }: Question,
  domain: string,
): Answer | undefined {
  if (name === domain && type === 'SOA') return authority(domain);
  if (name === domain && type === 'NS')
    return { type: 'NS', name: asked, ttl: ttlSeconds, data: `ns.dns.${domain}` };
  if (name !== `dns-version.${domain}` || type !== 'TXT') return undefined;
  const text: TxtAnswer = { type, name: asked, ttl: ttlSeconds, data: specificationVersion };
  return text;
}

/** Names that equal the question's are written in its own letter case, which some resolvers check. */
function answer(record: NameRecord, question: Question, services = 1): Answer {
  const name = record.name === question.name.toLowerCase() ? question.name : record.name;
  const shared = { name, ttl: ttlSeconds };
  if (record.type !== 'SRV') return { ...shared, type: record.type, data: record.data };
  const weight = Math.max(1, Math.trunc(100 / services)); // as CoreDNS shares 100 out
  return { ...shared, type: 'SRV', data: { ...record.data, priority: 0, weight } };
}

/** The addresses of what SRV records name, so that nobody has to ask again. */
function targetsOf(records: readonly NameRecord[], names: Names, question: Question): Answer[] {
  const targets = new Set(records.flatMap((one) => (one.type === 'SRV' ? [one.data.target] : [])));
  return [...targets]
    .flatMap((target) => ['A', 'AAAA'].flatMap((type) => names.find(target, type)?.records ?? []))
    .map((record) => answer(record, question));
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const all = [...list];
  for (let left = all.length - 1; left > 0; left--) {
    const at = Math.floor(random() * (left + 1));
    [all[left], all[at]] = [all[at]!, all[left]!];
  }
  return all;
}

const authority = (domain: string): SoaAnswer => ({
  type: 'SOA',
  name: domain,
  ttl: negativeTtlSeconds,
  data: {
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: negativeTtlSeconds,
  },
});
