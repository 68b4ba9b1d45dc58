import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Relayed, StreamOptions, StreamRequest, StreamWire } from '@coxswain/api/streaming';
import { connectionOf } from '@coxswain/base/wire';
import type { ForwardIo, StreamIo } from '@coxswain/kubelet';
import { serveCommand, servePorts } from '@coxswain/kubelet/streaming';

type Serve = (request: Pick<StreamRequest, 'headers'>) => Relayed;

/** A runtime's streaming server: sessions at addresses that it gives out, over plain HTTP. */
export interface FakeCri extends AsyncDisposable {
  command(options: StreamOptions, run: (io: StreamIo) => Promise<number>): string;
  ports(ports: readonly number[], forward: (port: number, io: ForwardIo) => Promise<void>): string;
  /** Connections that are open now. */
  readonly open: number;
}

export async function openFakeCri(wire: StreamWire): Promise<FakeCri> {
  const sessions = new Map<string, Serve>();
  let open = 0;
  const server = createServer((_, response) => response.writeHead(404).end('no such session\n'));
  server.on('upgrade', (message, socket, head) => {
    open++;
    socket.on('close', () => open--);
    const serve = sessions.get(message.url!.split('?')[0]!);
    const connection = connectionOf(socket, head);
    const reply = serve?.({ headers: message.headers as Record<string, string> });
    if (reply?.as === 'upgrade') reply.accept(connection).catch(() => connection.destroy());
    else {
      const text = reply ? Buffer.from(reply.body) : Buffer.from('no such session');
      const head = `HTTP/1.1 ${reply?.status ?? 404} \r\nContent-Length: ${text.length}\r\n\r\n`;
      socket.end(Buffer.concat([Buffer.from(head), text]));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const at = (serve: Serve): string => {
    const path = `/session/${sessions.size}`;
    sessions.set(path, serve);
    return `http://127.0.0.1:${port}${path}`;
  };
  return {
    command: (options, run) => at((request) => serveCommand(request, options, run, wire)),
    ports: (ports, forward) =>
      at((request) => servePorts(request, { pod: 'sandbox', uid: 'u', ports }, forward, wire)),
    get open() {
      return open;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
