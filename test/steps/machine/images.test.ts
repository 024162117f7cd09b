import assert from "node:assert/strict";
import { test } from "node:test";
import { exerciseImages } from "../../../src/artifacts/images/exercises.ts";
import type { ApplyContext } from "../../../src/engine/step.ts";
import type { Command } from "../../../src/hosts/sh.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, checked, said, stepOf } from "../../support/steps.ts";
import { cases } from "./images.cases.ts";

testCases(import.meta.filename, cases);

/** What undoing runs on the machine. */
async function undone(params: unknown): Promise<string> {
  const commands: string[] = [];
  const run = async (command: Command) => {
    commands.push(command.shown);
    return { code: 0, stdout: "", stderr: "" };
  };
  await (await stepOf("images", params)).undo?.(
    { run } as unknown as Host,
    checkContextOf("cp") as ApplyContext,
  );
  return commands.join("\n");
}

test("images: an exercise that is reset leaves them to the others, a lab that goes takes them along", async () => {
  assert.match(await undone({ set: "exercises" }), /images\/exercises .*xargs -r \S*ctr .*images rm/);
  assert.doesNotMatch(await undone({ set: "exercises", keep: true }), /images rm/);
});

test("images: the exercises' own count only where their label says that they are this labwright's", async () => {
  const probe = async (set: string) =>
    String((await stepOf("images", { set })).probe(checkContextOf("cp")).present);
  assert.ok((await probe("exercises")).includes(`labels."labwright.made-from"==${exerciseImages.madeFrom}`));
  assert.doesNotMatch(await probe("nginx"), /labels/);
  const [one = "", two = ""] = exerciseImages.names("");
  const record = said(`# ${one} ${two}\n${one}\n${two}\n`);
  assert.deepEqual(await checked("images", { set: "exercises" }, { present: said(`${one}\n`), record }), [
    "the image docker.io/labwright/web:2 is missing, or of another labwright",
  ]);
});
