import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { exerciseImages } from "../../src/artifacts/images/exercises.ts";
import { type CheckContext, type Facts, isCommand } from "../../src/engine/step.ts";
import { adoptLabId, labOwner } from "../../src/lab/identity.ts";
import { type Answers, recorder } from "./recorder.ts";
import { checkContextOf, nothing, stepOf } from "./steps.ts";
import { namedArtifacts } from "./store.ts";

/** What a case changes of the step's own parameters and scene. */
interface Change {
  params?: unknown;
  context?: (context: CheckContext) => CheckContext;
  /** Added to the facts of the right machine, or of the fresh one where it stands there. */
  facts?: Facts;
}

interface Wrong extends Change {
  differences: readonly string[];
}

interface Run extends Change {
  /** Absent: the facts are those of a fresh machine. */
  on?: "a right machine";
  /** What machines print for commands of the run. */
  answers?: Answers;
  /** All that the person is told meanwhile; absent: not compared. */
  notes?: readonly string[];
  throws?: RegExp;
}

/** The cases of one step as data; `testCases` runs them. */
export interface StepCases {
  /** `cp`, `w1`, `spare` or `localhost`; absent: `cp`. */
  machine?: string;
  params?: unknown;
  context?: (context: CheckContext) => CheckContext;
  /** Every probe finds nothing, but for the facts that are given. */
  fresh: Wrong;
  right: Facts;
  alsoRight?: Readonly<Record<string, Change>>;
  wrong: Readonly<Record<string, Wrong>>;
  /** What the step refuses of a right machine; the right machine itself is not refused. */
  refuse?: Readonly<Record<string, Change & { error: RegExp }>>;
  /** Situations for `apply` and `undo`. The file `<step>.commands` holds the exact commands. */
  apply?: Readonly<Record<string, Run>>;
  undo?: Readonly<Record<string, Run>>;
  /** `apply` and `undo` run no commands but change a file of this computer, which the test file shows. */
  changesThisComputer?: true;
}

/** Runs the cases of the step that a test file is named after. */
export function testCases(file: string, cases: StepCases): void {
  const name = basename(file, ".test.ts");
  const base = checkContextOf(cases.machine ?? "cp");
  const own = cases.context?.(base) ?? base;

  async function open({ params, context, facts }: Change, known: Facts | undefined) {
    const step = await stepOf(name, params ?? cases.params ?? {}, namedArtifacts);
    const place = context?.(own) ?? own;
    const fact = (probe: string) => facts?.[probe] ?? (known ? known[probe] : nothing);
    const found = Object.keys(step.probe(place)).map((probe) => {
      const one = fact(probe);
      assert.ok(one, `the fact ${probe} is given`);
      return [probe, one] as const;
    });
    return { step, place, facts: Object.fromEntries(found) };
  }

  const check = (title: string, change: Change, known: Facts | undefined, differences: readonly string[]) =>
    test(title, async () => {
      const { step, place, facts } = await open(change, known);
      assert.deepEqual(step.check(facts, place), differences);
    });

  async function probes(): Promise<string> {
    const { step, place } = await open({}, cases.right);
    const machines = recorder([], words(place.lab.name));
    for (const probe of Object.values(step.probe(place)))
      await (isCommand(probe)
        ? machines.host(place.machine.name).run(probe)
        : machines.host(probe.machine).run(probe.command));
    return `=== probes\n${machines.done()}`;
  }

  async function commands(what: "apply" | "undo", title: string, run: Run): Promise<string> {
    const { step, place, facts } = await open(run, run.on && cases.right);
    const machines = recorder(run.answers ?? [], words(place.lab.name));
    const host = machines.host(place.machine.name);
    const context = machines.context(place);
    const work = async () =>
      what === "apply" ? step.apply?.(host, context, facts) : step.undo?.(host, context);
    if (run.throws) await assert.rejects(work, run.throws, `${what}: ${title}`);
    else await work();
    if (run.notes) assert.deepEqual(machines.notes(), run.notes, `${what}: ${title}`);
    return `=== ${what}: ${title}\n${machines.done()}`;
  }

  describe(name, () => {
    dataFolder();
    check("a fresh machine", cases.fresh, undefined, cases.fresh.differences);
    check("a right machine", {}, cases.right, []);
    for (const [title, change] of Object.entries(cases.alsoRight ?? {}))
      check(title, change, cases.right, []);
    for (const [title, wrong] of Object.entries(cases.wrong))
      check(title, wrong, cases.right, wrong.differences);
    for (const [title, change] of Object.entries(cases.refuse ?? {}))
      test(`${title} is refused`, async () => {
        const refused = await open(change, cases.right);
        assert.match(refused.step.refuse?.(refused.facts, refused.place)?.message ?? "", change.error);
        const right = await open({}, cases.right);
        assert.equal(right.step.refuse?.(right.facts, right.place), undefined);
      });
    test("its probes, apply and undo run these commands", async (t) => {
      const all = [await probes()];
      for (const what of ["apply", "undo"] as const)
        for (const [title, run] of Object.entries(cases[what] ?? {}))
          all.push(await commands(what, title, run));
      t.assert.fileSnapshot(all.join("\n"), file.replace(/\.test\.ts$/, ".commands"), {
        serializers: [String],
      });
    });
  });
}

/** What is another on each computer, or in each release, and the word for it in the files of commands. */
const words = (lab: string) => ({
  [labOwner(lab)]: "OWNER",
  [process.env.XDG_DATA_HOME ?? ""]: "DATA",
  [exerciseImages.madeFrom]: "EXERCISE-IMAGES",
});

/** A data folder of the test's own, in which the lab has an id. */
function dataFolder(): void {
  before(async () => {
    process.env.XDG_DATA_HOME = await mkdtemp(join(tmpdir(), "lwtest-step-"));
    await adoptLabId("basics", "0123456789abcdef");
  });
  after(() => rm(process.env.XDG_DATA_HOME ?? "", { recursive: true }));
}
