import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { Agent, type AgentOptions, request as requestHttps } from 'node:https';
import type { Configuration, Post } from '@coxswain/scheduler';

type Settings = Configuration['extenders'][number];

const defaultTimeoutMs = 5_000;
/** An extender that answers with more is not understood. */
const answerBytesMax = 64 * 1024 * 1024;

const agents = new WeakMap<Settings, Agent>();

/** Whom the extender must be, and who we are to it, as its settings have it. Without an authority HTTPS trusts anybody, as upstream. */
function agentOf(settings: Settings): Agent {
  const known = agents.get(settings);
  if (known) return known;
  const { enableHTTPS, tlsConfig: tls = {} } = settings;
  const of = (data: string | undefined, file: string | undefined): Buffer | undefined =>
    data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : undefined;
  const [ca, cert, key] = [
    of(tls.caData, tls.caFile),
    of(tls.certData, tls.certFile),
    of(tls.keyData, tls.keyFile),
  ];
  const options: AgentOptions = {
    keepAlive: true,
    rejectUnauthorized: !(tls.insecure || (enableHTTPS && !ca)),
    ...(ca && { ca }),
    ...(cert && key && { cert, key }),
    ...(tls.serverName && { servername: tls.serverName }),
  };
  const agent = new Agent(options);
  agents.set(settings, agent);
  return agent;
}

/** Reaches the scheduler's extenders. */
export const extenderPost: Post = (settings, url, body, signal) =>
  new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const isTls = url.startsWith('https:');
    const limit = AbortSignal.timeout(settings.httpTimeout || defaultTimeoutMs);
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      signal: AbortSignal.any([signal, limit]),
      ...(isTls && { agent: agentOf(settings) }),
    };
    const failed = (cause: Error): void => {
      const why = limit.aborted
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : cause.message;
      reject(new Error(`Post "${url}": ${why}`, { cause }));
    };
    const call = (isTls ? requestHttps : requestHttp)(url, options, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        if ((size += part.length) > answerBytesMax) answer.destroy(new Error('answer too large'));
      });
      answer.on('error', failed);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
    });
    call.on('error', failed);
    call.end(text);
  });
