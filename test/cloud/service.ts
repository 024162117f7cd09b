import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, Cloud } from "./cloud.ts";
import type { Computers } from "./computers.ts";
import { type Fault, meetFault } from "./faults.ts";
import { answer } from "./routes.ts";

export interface CloudService {
  /** What HCLOUD_ENDPOINT is set to. */
  endpoint: string;
  /** A service that answers with the caller's address, as real ones on the internet do. */
  addressService: string;
  /** The one token that is let in; as long as the real ones, which the plugin insists on. */
  token: string;
  cloud: Cloud;
  faults: Fault[];
  /** Every request: `POST /servers`. */
  calls: string[];
  close(): Promise<void>;
}

/**
 * A service on 127.0.0.1 that speaks the part of the Hetzner Cloud API that Pulumi's plugin and labwright use. Its
 * servers are whatever `computers` makes of them: containers, or nothing.
 */
export async function startCloud(computers: Computers): Promise<CloudService> {
  const cloud = new Cloud(computers);
  const faults: Fault[] = [];
  const calls: string[] = [];
  const token = "t0ken-of-the-lab".repeat(4);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://cloud");
    if (url.pathname === "/address") return void response.end(`${request.socket.remoteAddress}\n`);
    const path = url.pathname.replace(/^\/v1/, "");
    calls.push(`${request.method} ${path}`);
    const body = await bodyOf(request);
    const fault = await meetFault(faults, request, path, response);
    if (fault === "answered") return;
    try {
      if (request.headers.authorization !== `Bearer ${token}`)
        throw new ApiError(401, "unauthorized", "unable to authenticate");
      const { status, value } = await answer(cloud, request.method ?? "GET", path, url.searchParams, body);
      if (fault === "drop") return void response.destroy();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(value === undefined ? "" : JSON.stringify(value));
    } catch (error) {
      const { status, code, message } =
        error instanceof ApiError ? error : new ApiError(500, "server_error", String(error));
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code, message, details: {} } }));
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    addressService: `http://127.0.0.1:${port}/address`,
    token,
    cloud,
    faults,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await computers.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const part of request) text += part;
  return text === "" ? {} : JSON.parse(text);
}
