import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

// A network that breaks when a test wants it: `const proxy = await proxyOf(location)`, then `proxy.fate`
// and `proxy.down()`.

/** What becomes of a piece that a client sends to the server. */
export type Fate =
  | 'pass'
  /** The connection breaks before the server gets it. */
  | 'lose'
  /** The server gets it and does it; the connection breaks before its answer. */
  | 'lose-answer';

/** A server's stand-in on the network, whose connections break when a test wants it. */
export interface StandIn {
  /** The location of the same database by way of the proxy. */
  location: string;
  /** Decides over each piece; all pass at first. */
  fate(piece: string): Fate;
  /** Refuses new connections and breaks those that there are, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Connections that were made or tried. */
  connections: number;
}

/** Stands between the program and the server of a database location. */
export async function proxyOf(location: string): Promise<StandIn> {
  const url = new URL(location);
  const target = { host: url.hostname, port: Number(url.port) };
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    proxy.connections += 1;
    clients.add(client);
    const upstream = connect(target);
    let deaf = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
      clients.delete(client);
    };
    client.on('data', (chunk) => {
      const fate = proxy.fate(chunk.toString('latin1'));
      if (fate === 'lose') return end();
      deaf ||= fate === 'lose-answer';
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (deaf) end();
      else client.write(chunk);
    });
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const client of clients) client.destroy();
    });
  const proxy: StandIn = {
    location: url.href,
    fate: () => 'pass',
    down,
    up: () => listen(port),
    connections: 0,
  };
  onTestFinished(() => {
    if (server.listening) return down();
  });
  return proxy;
}
