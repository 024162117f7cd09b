import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import type { Command } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { isOfTheNetwork } from "../../src/providers/docker/image.ts";
import {
  clearKilledBuilds,
  clearKilledContainers,
  makerLabel,
} from "../../src/providers/docker/killed-builds.ts";

const dead = "4194303-1";

/** An engine with volumes of builds whose process is dead, and no images; answers what it was asked to remove. */
async function cleared(kept: string): Promise<string[]> {
  const removed: string[] = [];
  const run = async (command: Command) => {
    const text = command.shown;
    if (text.includes("volume rm") || text.includes("rm --force")) removed.push(text.split(" ").at(-1) ?? "");
    if (text.includes("image inspect"))
      throw new LabwrightError({ code: "command-failed", message: "no such image", remedy: "" });
    const rows: [string, string[]][] = [
      ["volume ls", ["labwright-images-aa", "labwright-images-bb"]],
      ["ps --all", ["labwright-build-bb"]],
    ];
    const [, names = []] = rows.find(([word]) => text.includes(word)) ?? [];
    return { code: 0, stdout: names.map((name) => `${name}\t${dead}\n`).join(""), stderr: "" };
  };
  await clearKilledBuilds(new Docker({ run } as unknown as Host), kept);
  return removed;
}

test("killed builds are cleared, but for the volume that the next build goes on from", async () => {
  assert.deepEqual(await cleared("labwright-images-aa"), ["labwright-build-bb", "labwright-images-bb"]);
  const all = ["labwright-build-bb", "labwright-images-aa", "labwright-images-bb"];
  assert.deepEqual(await cleared("labwright-images-cc"), all);
});

test("a container that shows whether it starts goes once its process has been killed, and not before", async () => {
  const asked: string[] = [];
  const living = makerLabel().split("=")[1];
  const run = async (command: Command) => {
    asked.push(command.shown);
    const rows = [
      ["labwright-build-trial-a", dead],
      ["labwright-build-trial-b", living],
      ["labwright-build-trial-c", ""],
    ];
    return { code: 0, stdout: rows.map((row) => `${row.join("\t")}\n`).join(""), stderr: "" };
  };
  await clearKilledContainers(new Docker({ run } as unknown as Host), "labwright-build-trial-");
  assert.match(asked[0] ?? "", /name=\^labwright-build-trial-/);
  assert.deepEqual(
    asked.slice(1).map((one) => one.split(" ").at(-1)),
    ["labwright-build-trial-a"],
  );
});

test("what a build has fetched is doubted only when the next one fails for another reason than the network", () => {
  const failed = (code: string) => new LabwrightError({ code, message: "", remedy: "" });
  for (const code of ["image-limit", "download-failed", "interrupted", "command-timeout", "ssh-lost"])
    assert.equal(isOfTheNetwork(failed(code)), true, code);
  for (const error of [failed("command-failed"), failed("still-differs"), new TypeError("a defect")])
    assert.equal(isOfTheNetwork(error), false);
});
