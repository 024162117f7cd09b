import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import type { Labs, Task } from "../../src/board/labs.ts";
import { type ReadyBoard, runBoard } from "../../src/board/run.ts";
import type { Tokens } from "../../src/class/tokens.ts";
import type { Work } from "../../src/class/work.ts";
import { LabwrightError } from "../../src/errors.ts";
import type { Shell } from "../../src/hosts/shell.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A class whose labs are plain data. */
export interface FakeLabs extends Labs {
  /** Changes a student's work on an exercise, as a command in another terminal does. */
  set(student: string, exercise: string, change: (work: Work) => Work): void;
  /** What was done: `check alice jobs`. */
  done: string[];
  /** The shells that were opened, with what was typed in each. */
  shells: (Shell & { student: string; machine: string; typed: string; isClosed: boolean })[];
  /** `alice:30080` → the port of the computer at which a test serves what the lab does. */
  sites: Map<string, number>;
  /** What the next check sees; the goal is right if there are no words. */
  seen: string[];
}

export const task = (exercise: string, more: Partial<Task> = {}): Task => ({
  ...{ exercise, title: `Title of ${exercise}`, points: 10, hints: ["Look at it.", "Do it."] },
  text: [{ tag: "p", children: [`Text of ${exercise}`] }],
  plain: { text: `Text of ${exercise}\n` },
  ...more,
});

export const untouched = (student: string, exercise: string): Work => ({
  grade: { student, exercise, state: "not started", attempts: 0, points: 0, hints: 0 },
});

export function fakeLabs(students: readonly string[], tasks: readonly Task[] = [task("jobs")]): FakeLabs {
  const works = new Map(
    students.map((student) => [student, tasks.map(({ exercise }) => untouched(student, exercise))]),
  );
  const stamps = new Map<string, number>();
  const labs: FakeLabs = {
    ...{ className: "autumn", students, tasks, machines: ["cp", "w"], done: [], shells: [], seen: [] },
    sites: new Map(),
    set: (student, exercise, change) => {
      const before = works.get(student) ?? [];
      works.set(
        student,
        before.map((work) => (work.grade.exercise === exercise ? change(work) : work)),
      );
      stamps.set(student, (stamps.get(student) ?? 0) + 1);
    },
    work: async (student) => works.get(student) ?? [],
    stamp: async (student) => String(stamps.get(student) ?? 0),
    state: async () => "running",
    start: async (student, exercise) => {
      labs.done.push(`start ${student} ${exercise}`);
      labs.set(student, exercise, started);
      return "Started.";
    },
    check: async (student, exercise, note) => {
      labs.done.push(`check ${student} ${exercise}`);
      note("cp: looking");
      const words = [...labs.seen];
      labs.set(student, exercise, (work) => checked(work, words));
      return words.length === 0 ? "Passed." : "Not yet.";
    },
    checkEvery: 0,
    checkInBackground: async (student, exercise) => {
      labs.done.push(`background ${student} ${exercise}`);
    },
    hint: async (student, exercise) => {
      labs.done.push(`hint ${student} ${exercise}`);
      labs.set(student, exercise, (work) => ({
        ...work,
        ...(work.state && { state: { ...work.state, hints: work.state.hints + 1 } }),
      }));
      return "Took a hint.";
    },
    extend: async (student, exercise, minutes) => {
      labs.done.push(`extend ${student} ${exercise} ${minutes}`);
      labs.set(student, exercise, (work) => extended(work, minutes * 60));
      return "Extended.";
    },
    reset: async (student) => {
      labs.done.push(`reset ${student}`);
      return "Reset.";
    },
    pause: async () => "Paused.",
    resume: async () => "Resumed.",
    shell: async (student, machine) => {
      const shell = Object.assign(fakeShell(), { student, machine });
      labs.shells.push(shell);
      return shell;
    },
    nodePort: 30080,
    connect: async (student, port) => {
      const site = labs.sites.get(`${student}:${port}`);
      if (site === undefined)
        throw new LabwrightError({
          code: "node-port-closed",
          message: `nothing at port ${port}`,
          remedy: "Make a <Service>.",
        });
      const socket = connect(site, "127.0.0.1");
      await once(socket, "connect");
      // What comes through a tunnel is not a socket.
      return Duplex.from({ readable: socket, writable: socket });
    },
    close: () => {},
    seat: async () => undefined,
    commands: (student) => ({
      check: `labwright exercise check --name autumn-${student} EXERCISE`,
      extend: `labwright class extend ${student} EXERCISE --by MINUTES`,
    }),
  };
  return labs;
}

export const started = (work: Work): Work => ({
  grade: { ...work.grade, state: "started" },
  state: { started: new Date().toISOString(), hints: 0, checks: [] },
});

const extended = ({ grade, state }: Work, seconds: number): Work => ({
  grade: { ...grade, extended: (grade.extended ?? 0) + seconds },
  ...(state && { state: { ...state, extended: (state.extended ?? 0) + seconds } }),
});

function checked({ grade, state }: Work, words: string[]): Work {
  const passed = words.length === 0;
  const check = { at: new Date().toISOString(), passed, hints: state?.hints ?? 0, right: passed ? 1 : 0 };
  return {
    grade: {
      ...grade,
      ...{ state: passed ? "passed" : "started", attempts: grade.attempts + 1, points: passed ? 10 : 0 },
      ...{ right: passed ? 1 : 0, goals: 1 },
    },
    state: {
      started: check.at,
      hints: 0,
      ...state,
      checks: [...(state?.checks ?? []), check],
      seen: [{ goal: "The goal", machine: "cp", task: "a step", verdict: passed ? "right" : "wrong", words }],
    },
  };
}

/** A shell that shows what is typed, and ends with `exit`. */
function fakeShell() {
  const ended = Promise.withResolvers<number>();
  const shell = {
    typed: "",
    isClosed: false,
    size: { columns: 0, rows: 0 },
    stream: new Duplex({
      read: () => {},
      write: (bytes: Buffer, _, done) => {
        shell.typed += bytes.toString();
        shell.stream.push(bytes);
        if (shell.typed.endsWith("exit\r")) ended.resolve(0);
        done();
      },
    }),
    resize: (size: { columns: number; rows: number }) => {
      shell.size = size;
    },
    ended: ended.promise,
    close: () => {
      shell.isClosed = true;
      ended.resolve(129);
    },
  };
  return shell;
}

const until = new Date(Date.now() + 86_400_000).toISOString();

/** `token-alice` is the token of alice; `late` has one that has expired. */
export const fakeTokens = (students: readonly string[]): Tokens => ({
  instructor: { token: "token-instructor", until },
  students: Object.fromEntries(
    students.map((student) => [
      student,
      { token: `token-${student}`, until: student === "late" ? "2020-01-01T00:00:00.000Z" : until },
    ]),
  ),
});

export interface RunningBoard {
  address: string;
  port: number;
  /** Of what labs serve. */
  pages: { address: string; port: number };
  folder: string;
  errors: unknown[];
  /** Ends it; the folder stays for another one. */
  stop(): Promise<void>;
}

export interface BoardPlace {
  folder: string;
  port?: number;
  pagePort?: number;
  listen?: string;
}

/** Runs the real service with these labs. */
export async function startBoard(
  labs: Labs,
  { folder, port = 0, pagePort = 0, listen = "127.0.0.1" }: BoardPlace,
): Promise<RunningBoard> {
  const stop = new AbortController();
  const ready = Promise.withResolvers<ReadyBoard>();
  const errors: unknown[] = [];
  const running = runBoard({
    ...{ labs, tokens: fakeTokens(labs.students), folder, listen, port, pagePort, signal: stop.signal },
    ready: ready.resolve,
    report: (error) => errors.push(error),
  });
  running.catch(ready.reject);
  const { link, pages } = await ready.promise;
  const addressIn = (given: string) => {
    const { origin, port: chosen } = new URL(given);
    return { address: origin, port: Number(chosen) };
  };
  return {
    ...{ ...addressIn(link), pages: addressIn(pages), folder, errors },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A folder for a board, and what removes it. */
export async function boardFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await temporaryFolder("board");
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  /** The body of a refusal. */
  code?: string;
}

/** One request, with every header as a test wants it. */
export function ask(
  board: Pick<RunningBoard, "port">,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const host = `127.0.0.1:${board.port}`;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ host: "127.0.0.1", port: board.port, method, path },
        headers: {
          Host: host,
          ...(method === "POST" && { Origin: `http://${host}`, "Content-Type": "application/json" }),
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode: status = 0, headers } = response;
          const isJson = headers["content-type"] === "application/json";
          resolve({ status, headers, text, ...(isJson && { code: JSON.parse(text).code }) });
        });
      },
    );
    asking.on("error", reject);
    asking.end(body === undefined ? undefined : text);
  });
}

/** Logs in, and returns the headers of later requests. */
export async function logIn(
  board: Pick<RunningBoard, "port">,
  token: string,
): Promise<Record<string, string>> {
  const { status, headers, text } = await ask(board, "POST", "/session", { body: { token } });
  const [cookie = ""] = headers["set-cookie"] ?? [];
  if (status !== 200) throw new Error(text);
  return { Cookie: cookie.split(";")[0] ?? "" };
}
