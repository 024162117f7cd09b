import { createServer } from "node:net";
import { isCode } from "../errors.ts";

/**
 * Why no program can listen at a TCP port of this computer now; undefined if one can. Listens there for a moment. Any other
 * failure, such as a missing right, says nothing about the port.
 */
export function listenProblem(address: string, port: number): Promise<"taken" | "no-address" | undefined> {
  const { promise, resolve } = Promise.withResolvers<"taken" | "no-address" | undefined>();
  const server = createServer();
  server.once("error", (error) => {
    if (isCode(error, "EADDRINUSE")) resolve("taken");
    else resolve(isCode(error, "EADDRNOTAVAIL") ? "no-address" : undefined);
  });
  server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}
