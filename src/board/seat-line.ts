import type { Duplex } from "node:stream";
import { exitCode, LabwrightError } from "../errors.ts";
import { visible } from "../ui/visible.ts";
import type { Access } from "./access.ts";
import type { Acting } from "./actions.ts";
import type { Limiter } from "./rate.ts";
import { refusalOf, tooMany, wrongRequest } from "./reply.ts";
import { answer } from "./seat-commands.ts";

export interface SeatParts extends Acting {
  access: Access;
  /** Shared with the students' pages. */
  students: Limiter;
  report(error: unknown): void;
}

/** A command is a token and two words. */
const longest = 512;
/** How long it may take to arrive, and how often the far side hears that something goes on; in milliseconds. */
const times = { arrive: 10_000, beat: 1000 };

/**
 * Answers the student's command on a connection from the student's machine: a line with the token and the words, and lines back, each of
 * which begins with what it is: `o` output, `e` error, `p` progress, `x` exit code. The token is demanded although only the student's
 * account reaches the socket.
 */
export async function serveSeat(student: string, connection: Duplex, parts: SeatParts): Promise<void> {
  connection.on("error", () => connection.destroy());
  const send = (kind: string, text: string) => {
    if (!connection.writable) return;
    const lines = visible(text).replace(/\n$/, "").split("\n");
    connection.write(lines.map((line) => `${kind}${line}\n`).join(""));
  };
  let note = "";
  const begun = Date.now();
  const tell = () => send("p", progress(note, Date.now() - begun));
  let beat: NodeJS.Timeout | undefined;
  try {
    const [token = "", ...words] = (await lineFrom(connection)).split(" ");
    parts.access.assertHas({ student }, token);
    if (!parts.students.take(student)) throw tooMany("requests came from you");
    beat = setInterval(tell, times.beat);
    const { text, code } = await answer(student, words, parts, (now) => {
      note = now;
      tell();
    });
    send("o", text);
    send("x", String(code));
  } catch (error) {
    if (!(error instanceof LabwrightError)) parts.report(error);
    const { message, remedy } = refusalOf(error);
    send("e", `${message}\n${remedy}`);
    send("x", String(error instanceof LabwrightError ? error.exit : exitCode.failed));
  } finally {
    clearInterval(beat);
    // A far side that keeps its half open does not keep the connection, which closes only when all has been read.
    connection.resume().once("finish", () => connection.destroy());
    connection.end();
  }
}

/** One line of a terminal with 80 columns. */
function progress(note: string, passed: number): string {
  const time = ` (${Math.round(passed / 1000)} s)`;
  return `${(note || "working").replace(/\s+/g, " ").slice(0, 79 - time.length)}${time}`;
}

/** Throws `wrong-request` if it is too long, too slow or cut off. */
function lineFrom(connection: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = "";
    const settle = (work: () => void) => {
      clearTimeout(timer);
      connection.off("data", take);
      work();
    };
    const refuse = () => settle(() => reject(wrongRequest("it is not one line")));
    const timer = setTimeout(refuse, times.arrive);
    const take = (part: Buffer) => {
      read += part.toString("latin1");
      const end = read.indexOf("\n");
      if (end >= 0 && end <= longest) settle(() => resolve(read.slice(0, end)));
      else if (end > longest || read.length > longest) refuse();
    };
    connection.on("data", take).once("end", refuse).once("close", refuse);
  });
}
