import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in front of another one, which never answers the calls that it holds. */
export interface HeldServer {
  url: string;
  /** Done when a call is held. */
  held: Promise<void>;
  stop(): void;
}

/** Passes everything on to `behind`, save calls whose path ends in `holds`. */
export async function heldServer(behind: string, holds: string): Promise<HeldServer> {
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => (isHeld = resolve));
  const server = createServer((asked, answer) => {
    if (asked.url?.endsWith(holds)) {
      isHeld();
      return;
    }
    const { host } = new URL(behind);
    const passed = request(new URL(asked.url ?? '/', behind), { method: asked.method, headers: { ...asked.headers, host } }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, held, stop };
}
