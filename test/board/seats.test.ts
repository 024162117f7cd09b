import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { ViewListener } from "../../src/board/board.ts";
import type { Seat } from "../../src/board/labs.ts";
import { Seats } from "../../src/board/seats.ts";
import type { StudentView } from "../../src/board/view.ts";
import { LabwrightError } from "../../src/errors.ts";
import { until } from "../support/board-sockets.ts";

const hour = 3_600_000;
const error = (code: string) => new LabwrightError({ code, message: `it is ${code}`, remedy: "Wait." });
const students = ["alice", "bob", "carol"];
let seats: Seats | undefined;
afterEach(() => seats?.close());

/** Seats of labs that behave as `seat` says; `first` is the pause after a failure. */
function keep(seat: (student: string, tries: number) => Promise<Seat | undefined>, first = 5, most = 10) {
  const tries = new Map<string, number>();
  const reported: unknown[] = [];
  let listener: ViewListener = () => {};
  seats = new Seats({
    labs: {
      students,
      seat: (student, token) => {
        assert.equal(token, `token-${student}`);
        tries.set(student, (tries.get(student) ?? 0) + 1);
        return seat(student, tries.get(student) ?? 0);
      },
    },
    board: {
      listen: (one) => {
        listener = one;
        return () => {};
      },
    },
    tokenOf: (student) => `token-${student}`,
    serve: () => {},
    report: (one) => reported.push(one instanceof Error ? one.message : one),
    times: { each: 5, first, most },
  });
  const of = (student: string) => tries.get(student) ?? 0;
  return { of, reported, told: (view: Partial<StudentView>) => listener(view as StudentView) };
}

function fakeSeat() {
  const closed = Promise.withResolvers<void>();
  const seat = { isClosed: false, closed: closed.promise, lose: closed.resolve, close: () => {} };
  seat.close = () => {
    seat.isClosed = true;
    closed.resolve();
  };
  return seat;
}

test("a lab that does not run is asked again, an open seat is left alone, a lost one is opened again", async () => {
  const open = new Map<string, ReturnType<typeof fakeSeat>>();
  const { of, reported } = keep(async (student, tries) => {
    if (tries < 3) return undefined;
    const seat = fakeSeat();
    open.set(student, seat);
    return seat;
  });
  await until(() => open.size === 3);
  assert.deepEqual(students.map(of), [3, 3, 3]);
  const first = open.get("alice");
  first?.lose();
  await until(() => open.get("alice") !== first);
  assert.deepEqual(students.map(of), [4, 3, 3]);
  seats?.close();
  assert.ok([...open.values()].every(({ isClosed }) => isClosed));
  assert.deepEqual(reported, []);
});

test("what waiting does not remove is reported once for each student, the rest is not", async () => {
  const codes: Record<string, string> = {
    alice: "seat-taken",
    bob: "ssh-refused",
    carol: "forwarding-refused",
  };
  const { of, reported } = keep(async (student) => {
    throw error(codes[student] ?? "");
  });
  await until(() => students.every((student) => of(student) >= 3));
  assert.deepEqual(reported.sort(), ["alice: it is seat-taken", "carol: it is forwarding-refused"]);
});

test("the end of what the board does on a lab makes it look at once, its beginning does not, nor does a view that still has it", async () => {
  const { of, told } = keep(async () => undefined, hour, hour);
  await until(() => students.every((student) => of(student) === 1));
  const job = { title: "resume", since: "", note: "" };
  told({ student: "alice", job });
  told({ student: "bob", job: { ...job, ended: { at: "", isRight: true, words: "" } } });
  await until(() => of("bob") === 2);
  told({ student: "bob", job: { ...job, ended: { at: "", isRight: true, words: "" } } });
  told({ student: "carol", job: { ...job, ended: { at: "", isRight: true, words: "" } } });
  await until(() => of("carol") === 2);
  assert.deepEqual(students.map(of), [1, 2, 2]);
});

test("two seats are opened at once at most, and one that comes too late is closed", async () => {
  const pending: PromiseWithResolvers<Seat>[] = [];
  keep(() => {
    const one = Promise.withResolvers<Seat>();
    pending.push(one);
    return one.promise;
  });
  await until(() => pending.length === 2);
  const seat = fakeSeat();
  pending[0]?.resolve(seat);
  await until(() => pending.length === 3);
  assert.equal(seat.isClosed, false);
  const late = fakeSeat();
  seats?.close();
  pending[1]?.resolve(late);
  await until(() => late.isClosed && seat.isClosed);
});
