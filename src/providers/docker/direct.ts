import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { LabwrightError } from "../../errors.ts";

const tries = 3;
/** Milliseconds for one: a connection through a bridge takes less than one. */
const patience = 3000;

/**
 * Tries a connection to a container before the lab waits for one. A refusal is an answer too: only a container can refuse.
 * Throws `engine-elsewhere` if nothing answers.
 */
export async function assertAnswers(address: string, port = 22): Promise<void> {
  let last = "";
  for (let count = 0; count < tries; count++) {
    last = await outcome(address, port);
    if (last === "connected" || last === "ECONNREFUSED") return;
    await delay(200);
  }
  throw new LabwrightError({
    code: "engine-elsewhere",
    message: `could not connect to a container of the Docker engine at ${address}:${port}: ${last}`,
    remedy:
      "Run the command again with LABWRIGHT_REACH=published, or set DOCKER_HOST to the computer that the engine runs on.",
  });
}

function outcome(host: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host, port, timeout: patience });
  socket.once("connect", () => resolve("connected"));
  socket.once("timeout", () => resolve(`no answer within ${patience / 1000} s`));
  socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  return promise.finally(() => socket.destroy());
}
