import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { exitCode, isCode, LabwrightError } from "../errors.ts";

export interface ServiceOptions {
  tls?: { key: string; cert: string } | undefined;
  /** How long a request may take to arrive, in milliseconds: slow ones' connections are worth more to others. */
  requestTimeout: number;
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** An HTTP service that does not listen yet, and which slow senders do not occupy. */
export function createService({ tls, requestTimeout, report }: ServiceOptions): Server {
  const options = {
    ...{ headersTimeout: 5_000, requestTimeout, connectionsCheckingInterval: 1_000 },
    ...{ keepAliveTimeout: 5_000, maxHeaderSize: 16 * 1024 },
  };
  const server: Server = tls ? createSecureServer({ ...options, ...tls }) : createServer(options);
  server.on("error", (error) => server.listening && report(error));
  return server;
}

/** The port at which a server listens; 0 before it does. */
export const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** Listens. `option` names the port on the command line. Throws `port-taken`, `address-absent` and `port-forbidden`. */
export async function listening(server: Server, listen: string, port: number, option: string): Promise<void> {
  server.listen({ host: listen, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (cause) {
    if (isCode(cause, "EADDRINUSE"))
      throw new LabwrightError({
        code: "port-taken",
        message: `could not listen on ${listen}:${port}: another program uses the port`,
        remedy: `Name another port with \`${option}\`, or stop the program (\`ss -ltnp sport = :${port}\` shows it).`,
        cause,
      });
    if (isCode(cause, "EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"))
      throw new LabwrightError({
        code: "address-absent",
        message: `could not listen on ${listen}:${port}: this computer does not have the address`,
        remedy: "Name one of this computer's addresses with `--listen`, or 0.0.0.0 for all of them.",
        cause,
        exit: exitCode.usage,
      });
    if (isCode(cause, "EACCES"))
      throw new LabwrightError({
        code: "port-forbidden",
        message: `could not listen on ${listen}:${port}: only root may use the port`,
        remedy: `Name a port above 1023 with \`${option}\`.`,
        cause,
      });
    throw cause;
  }
}
