import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { inNetns } from './links.ts';

/** What the process inside runs: it listens, hands its socket over, and ends. */
const program = `
  const [host, port] = process.argv.slice(1);
  const server = require('node:net').createServer();
  server.on('error', (error) => { process.send({ error: error.message }); process.exitCode = 1; process.disconnect(); });
  server.listen({ host, port: Number(port) }, () => process.send({}, server));
  // Its own copy is closed, else it would take connections that nobody answers; not before the other is there, because
  // an end is heard sooner than a message.
  process.once('message', () => process.disconnect());
  process.once('disconnect', () => server.close()); // also when its parent dies
`;

/**
 * A server that listens in another network namespace while its connections are served by this process: a socket
 * stays in the namespace it was made in, whoever holds it.
 */
export async function listenInside(netns: string, host: string, port: number): Promise<Server> {
  const [nsenter, args] = inNetns(netns);
  const child = spawn(nsenter, [...args, process.execPath, '-e', program, host, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`listening on ${host}:${port} in ${netns}: helper ended with code ${code}`);
  });
  ended.catch(() => {}); // it ends after its message, too
  const server = await Promise.race([handedOver(child, `${host}:${port}`), ended]);
  return server;
}

function handedOver(child: ChildProcess, what: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (message: { error?: string }, server: unknown) => {
      if (message.error !== undefined) reject(new Error(`listening on ${what}: ${message.error}`));
      else {
        resolve(server as Server);
        child.send('taken');
      }
    });
  });
}
