import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { packageFolder } from "../../src/paths.ts";
import { type Engine, requireEngine } from "../../src/providers/docker/engine.ts";
import { polled } from "./polled.ts";
import { classFolder, long, runnerOf, succeeds, type TestLab } from "./support.ts";

/** A class with one lab of one node, and two cheap exercises, those of examples/own-exercise. */
const name = "e2e-rehearse";
const exercises = ["handover", "night-account"];

describe("a class is rehearsed", { skip: long }, () => {
  let folder: string;
  let engine: Engine;
  let labwright: TestLab["labwright"];
  let url: string;

  before(async () => {
    folder = await classFolder("rehearse");
    engine = await requireEngine();
    labwright = runnerOf(join(folder, "class.yaml"), join(folder, "kubeconfig"));
    await writeFile(join(folder, "lab.yaml"), "name: one\nmachines: [{ name: cp, role: control-plane }]\n");
    await writeFile(
      join(folder, "class.yaml"),
      `name: ${name}\nstudents: [alice, bob]\nexercises: [${exercises.join(", ")}]\n`,
    );
    for (const exercise of exercises) await copyExercise(exercise);
    await labwright(["class", "down", "--forget"]);
    const made = succeeds(await labwright(["class", "up", "--student", "alice"])).output;
    url = /^alice .* (http:\S+)$/m.exec(made)?.[1] ?? "";
    assert.notEqual(url, "", made);
  });
  after(async () => {
    await labwright(["class", "down", "--forget"]);
    await rm(folder, { recursive: true });
  });

  /** The exercise, on the node instead of an app server. */
  async function copyExercise(exercise: string): Promise<void> {
    const own = join(folder, "exercises", exercise);
    await cp(join(packageFolder, "examples/own-exercise/exercises", exercise), own, { recursive: true });
    await rewriteExercise(exercise, (text) =>
      text.replace("role: app-server", "role: control-plane").replaceAll("stapp01", "cp"),
    );
  }

  async function rewriteExercise(exercise: string, change: (text: string) => string): Promise<void> {
    const file = join(folder, "exercises", exercise, "exercise.yaml");
    await writeFile(file, change(await readFile(file, "utf8")));
  }

  /** Containers and networks of rehearsals. */
  async function rehearsals(): Promise<string[]> {
    const filter = `name=labwright-${name}-rehearsal-`;
    return [
      ...(await engine.docker.list(sh`ps --all --filter ${filter} --format {{.Names}}`)),
      ...(await engine.docker.list(sh`network ls --filter ${filter} --format {{.Name}}`)),
    ];
  }

  test("every exercise is proven in a lab that is removed, and a student's lab goes on", async (t) => {
    const answers = polled(url);
    const ran = succeeds(await labwright(["class", "rehearse"]));
    assert.deepEqual(await answers.stop(), []);
    assert.match(ran.output, /^exercise +outcome +seconds$/m);
    for (const exercise of exercises)
      assert.match(ran.output, new RegExp(`^${exercise} +passed +\\d+\\.\\d$`, "m"));
    assert.match(ran.output, /^Time for 1 lab: about /m);
    assert.match(ran.output, /^Needed for 1 lab: \d+\.\d GiB of memory/m);
    assert.deepEqual(await rehearsals(), []);
    t.diagnostic(ran.output.slice(ran.output.indexOf("This lab was made")));
  });

  test("an exercise that its solution does not solve fails, the other passes, and a lab that is kept is named", async () => {
    const file = "/opt/handover/note";
    await rewriteExercise("handover", (text) =>
      text.replace("- file:", `- file: { path: ${file}, mode: "0600" }\n      - file:`),
    );
    const ran = await labwright(["class", "rehearse", "--keep"]);
    assert.equal(ran.code, 1, ran.output);
    assert.match(ran.output, /^handover +failed /m);
    assert.match(ran.output, /^night-account +passed /m);
    assert.match(ran.output, new RegExp(`The lab ${name}-rehearsal-\\w{4} stays`));
    assert.notDeepEqual(await rehearsals(), []);
    await copyExercise("handover");
  });

  test("what is left of a rehearsal that was killed is removed, and nothing else", async () => {
    const killed = await labwright(["class", "rehearse"], { killWhen: /make the lab/, killAfter: 12_000 });
    assert.equal(killed.code, null, killed.output);
    assert.match(succeeds(await labwright(["class", "rehearse", "--clean"])).output, /Removed e2e-rehearse-/);
    assert.deepEqual(await rehearsals(), []);
    assert.match(await (await fetch(url)).text(), /nginx/);
  });
});
