import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { linkOf, type Tokens } from "../class/tokens.ts";
import { exitCode, isCode, LabwrightError } from "../errors.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { withLock } from "../local/lock.ts";
import { Access } from "./access.ts";
import { Board } from "./board.ts";
import { type Certificate, keepCertificate } from "./certificate.ts";
import { Events } from "./events.ts";
import { isLoopback, namesOf, urlOf } from "./hosts.ts";
import { Jobs } from "./jobs.ts";
import { openKept } from "./kept.ts";
import type { Labs } from "./labs.ts";
import { openPages } from "./pages.ts";
import { portOf, serviceOf } from "./service.ts";
import { Terminals } from "./terminals.ts";
import { keepWatching } from "./watch.ts";

export interface BoardRequest {
  labs: Labs;
  tokens: Tokens;
  /** The class's folder, in which the board keeps what must survive it. */
  folder: string;
  listen: string;
  port: number;
  /** Ends the board. */
  signal: AbortSignal;
  /** Called with the instructor's link once the board listens; with the certificate, if it needs one. */
  ready(link: string, certificate?: Certificate): void;
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** Serves the class's pages until the signal is given. Throws `board-running`, `port-taken` and `address-absent`. */
export function runBoard(request: BoardRequest): Promise<void> {
  const { labs, folder } = request;
  const what = { code: "board-running", what: `the board of the class ${labs.className}` };
  return withLock(join(folder, "lock-board"), what, () => serve(request));
}

async function serve(request: BoardRequest): Promise<void> {
  const { labs, tokens, listen, signal, report } = request;
  const folder = join(request.folder, "board");
  const kept = await openKept(join(folder, "kept.json"));
  const access = new Access(tokens, await keepKey(join(folder, "key.json")));
  const pages = await openPages();
  const names = namesOf(listen);
  const certificate = isLoopback(listen) ? undefined : await keepCertificate(folder, names, new Date());
  const board = new Board(labs, kept, report);
  const jobs = new Jobs(board, report);
  const events = new Events(board);
  const terminals = new Terminals(labs, report, (student, open) => board.setTerminals(student, open));
  const address = (): string => urlOf(names[0] ?? listen, portOf(server), certificate !== undefined);
  const links = () =>
    Object.fromEntries(
      Object.entries(tokens.students).map(([student, token]) => [student, linkOf(address(), token)]),
    );
  const server = serviceOf({
    ...{ labs, board, jobs, access, events, terminals, pages, names, links, report },
    ...(certificate && { tls: certificate }),
  });
  await board.refresh();
  const watching = keepWatching(board, labs.students, () => events.count("instructor") > 0, report);
  try {
    await listening(server, request);
    request.ready(linkOf(address(), tokens.instructor), certificate);
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    watching.stop();
    terminals.close();
    events.close();
    server.close();
    server.closeAllConnections();
  }
  await jobs.ended();
}

async function listening(server: Server, { listen, port }: BoardRequest): Promise<void> {
  server.listen({ host: listen, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (cause) {
    if (isCode(cause, "EADDRINUSE"))
      throw new LabwrightError({
        code: "port-taken",
        message: `could not listen on ${listen}:${port}: another program uses the port`,
        remedy: `Name another port with \`--port\`, or stop the program (\`ss -ltnp sport = :${port}\` shows it).`,
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
        remedy: "Name a port above 1023 with `--port`.",
        cause,
      });
    throw cause;
  }
}

/** The key from which sessions are made; kept, so that pages go on after a restart of the board. */
async function keepKey(file: string): Promise<string> {
  const known = await readJson(file, z.object({ key: z.string().min(40) }));
  if (known) return known.key;
  const key = randomBytes(32).toString("base64url");
  await writeJson(file, { key });
  return key;
}
