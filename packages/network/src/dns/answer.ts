import type { Answer, DecodedPacket, Packet, Question, SoaAnswer, TxtAnswer } from 'dns-packet';
import { AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE } from 'dns-packet';
import type { Names } from './names.ts';
import type { NameRecord } from './service-records.ts';

const ttlSeconds = 30;
const negativeTtlSeconds = 5;
/** The version of the specification these names follow. */
const specificationVersion = '1.1.0';

const nxdomain = 3;
export const servfail = 2;
export const notimp = 4;

/** The cluster's answer to a question, or undefined when the question is for the world outside. */
export function answerOf(query: DecodedPacket, names: Names, domain: string): Packet | undefined {
  const question = query.questions?.[0];
  if (!question) return reply(query, notimp);
  const name = question.name.toLowerCase();
  if (name === `dns-version.${domain}` && question.type === 'TXT') {
    const text: TxtAnswer = {
      type: 'TXT',
      name: question.name,
      ttl: ttlSeconds,
      data: specificationVersion,
    };
    return reply(query, 0, [text]);
  }
  const found = names.find(name, question.type);
  if (!found) return undefined;
  const answers = found.records.map((record) => answer(record, question));
  if (answers.length > 0) return reply(query, 0, answers);
  return reply(query, found.exists ? 0 : nxdomain, [], [authority(domain)]);
}

/** An answer to `query` with this code; the question is repeated as it was written. */
export function reply(
  query: DecodedPacket,
  code: number,
  answers: Answer[] = [],
  authorities: Answer[] = [],
): Packet {
  const recursionDesired = (query.flags ?? 0) & 0x100;
  const flags =
    recursionDesired | RECURSION_AVAILABLE | code | (code === servfail ? 0 : AUTHORITATIVE_ANSWER);
  const packet: Packet = { type: 'response', flags, answers, authorities };
  if (query.id !== undefined) packet.id = query.id;
  if (query.questions) packet.questions = query.questions;
  return packet;
}

/** Names that equal the question's are written in its own letter case, which some resolvers check. */
function answer(record: NameRecord, question: Question): Answer {
  const name = record.name === question.name.toLowerCase() ? question.name : record.name;
  const shared = { name, ttl: ttlSeconds };
  if (record.type === 'SRV')
    return { ...shared, type: 'SRV', data: { ...record.data, priority: 0, weight: 100 } };
  return { ...shared, type: record.type, data: record.data };
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
