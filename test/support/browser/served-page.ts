import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface ServedPage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** Serves pages at their paths; closes itself after use. */
export async function servingPages<T>(
  pages: Readonly<Record<string, ServedPage>>,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const server = http.createServer(({ url = "/" }, response) => {
    const { html, headers, status = 200 } = pages[url] ?? { html: "", status: 404 };
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...headers });
    response.end(html);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
