import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { linkOf, type Tokens } from "../class/tokens.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { withLock } from "../local/lock.ts";
import { Access } from "./access.ts";
import { BackgroundChecks } from "./background.ts";
import { Board } from "./board.ts";
import { type Certificate, keepCertificate } from "./certificate.ts";
import { Events } from "./events.ts";
import { isLoopback, nameIn, namesOf, urlOf } from "./hosts.ts";
import { Jobs } from "./jobs.ts";
import { boardFolder, openKept } from "./kept.ts";
import { LabPageSessions } from "./lab-page-sessions.ts";
import { labPagesOf, ticketPath } from "./lab-pages.ts";
import type { Labs } from "./labs.ts";
import { openPages } from "./pages.ts";
import { Limiter, perStudent } from "./rate.ts";
import { serveSeat } from "./seat-line.ts";
import { Seats } from "./seats.ts";
import { listening, portOf } from "./server.ts";
import { serviceOf } from "./service.ts";
import { Terminals } from "./terminals.ts";
import { keepWatching } from "./watch.ts";

export interface ReadyBoard {
  /** The instructor's. */
  link: string;
  /** The address of what labs serve. */
  pages: string;
  /** Absent if the board needs none. */
  certificate?: Certificate | undefined;
}

export interface BoardRequest {
  labs: Labs;
  tokens: Tokens;
  /** The class's folder, in which the board keeps what must survive it. */
  folder: string;
  listen: string;
  port: number;
  /** For what labs serve. */
  pagePort: number;
  /** Ends the board. */
  signal: AbortSignal;
  /** Called once the board listens. */
  ready(board: ReadyBoard): void;
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** Serves the class's pages until the signal is given. Throws `board-running` and what `listening` throws. */
export function runBoard(request: BoardRequest): Promise<void> {
  const { labs, folder } = request;
  const what = { code: "board-running", what: `the board of the class ${labs.className}` };
  return withLock(join(folder, "lock-board"), what, () => serve(request));
}

async function serve(request: BoardRequest): Promise<void> {
  const { labs, tokens, listen, signal, report } = request;
  const folder = boardFolder(request.folder);
  const kept = await openKept(folder);
  const access = new Access(tokens, await keepKey(join(folder, "key.json")));
  const pages = await openPages();
  const names = namesOf(listen);
  const certificate = isLoopback(listen) ? undefined : await keepCertificate(folder, names, new Date());
  const board = new Board(labs, kept, report);
  const jobs = new Jobs(board, report);
  // Half of the computer is left to what people ask for.
  const most = Math.max(1, Math.floor(availableParallelism() / 2));
  const background = new BackgroundChecks({ labs, board, most, report });
  const events = new Events(board);
  const terminals = new Terminals(labs, report, (student, open) => board.setTerminals(student, open));
  const sessions = new LabPageSessions(labs.className);
  const labPages = labPagesOf({ ...{ labs, sessions, names, report }, tls: certificate });
  const addressAt = (service: Server, name = names[0] ?? listen): string =>
    urlOf(name, portOf(service), certificate !== undefined);
  const links = () =>
    Object.fromEntries(
      Object.entries(tokens.students).map(([student, token]) => [student, linkOf(addressAt(server), token)]),
    );
  const students = new Limiter(perStudent);
  const server = serviceOf({
    ...{ labs, board, jobs, access, events, students, terminals, pages, names, links, report },
    addressOf: (page, host) => `${addressAt(labPages, nameIn(host))}${ticketPath(sessions.ticket(page))}`,
    ...(certificate && { tls: certificate }),
  });
  await board.refresh();
  const watching = keepWatching(board, labs.students, () => events.count("instructor") > 0, report);
  let seats: Seats | undefined;
  try {
    await listening(server, listen, request.port, "--port");
    await listening(labPages, listen, request.pagePort, "--page-port");
    background.start();
    const link = linkOf(addressAt(server), tokens.instructor);
    seats = new Seats({
      ...{ labs, board, report },
      tokenOf: (student) => tokens.students[student]?.token,
      serve: (student, connection) =>
        void serveSeat(student, connection, { labs, board, jobs, access, students, report }),
    });
    request.ready({ link, pages: addressAt(labPages), certificate });
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    watching.stop();
    seats?.close();
    terminals.close();
    events.close();
    for (const service of [server, labPages]) {
      service.close();
      service.closeAllConnections();
    }
    labs.close();
  }
  await Promise.all([jobs.ended(), background.stop()]);
}

/** The key from which sessions are made; kept, so that pages go on after a restart of the board. */
async function keepKey(file: string): Promise<string> {
  const known = await readJson(file, z.object({ key: z.string().min(40) }));
  if (known) return known.key;
  const key = randomBytes(32).toString("base64url");
  await writeJson(file, { key });
  return key;
}
