import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { copiesGoing, copiesOf } from "../../src/providers/docker/copies.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { fakeDocker } from "../support/fake-docker.ts";

const fake = fakeDocker(`
case "$*" in
  "image ls"*) printf 'sha256:1\\nsha256:2\\n' ;;
  "volume ls"*) echo labwright-lab.cp.one ;;
  "image inspect"*) cat "$DIR/images"; exit 1 ;;
  "volume inspect"*) cat "$DIR/volumes" ;;
  *) echo "$*" >>"$DIR/asked"; [ "$3" != --force ] || case "$*" in *sha256:2*) exit 1 ;; esac ;;
esac
`);
const docker = new Docker(localHost());

const labels = (more: Record<string, string> = {}) => ({
  ...{ "labwright.lab": "lab", "labwright.id": "00112233aabbccdd", "labwright.snapshot": "one" },
  ...{ "labwright.machine": "cp", ...more },
});

const put = async (): Promise<void> => {
  const images = [
    {
      Id: "sha256:1",
      RepoTags: ["labwright/snapshot-lab:cp.one"],
      Config: {
        Labels: labels({ "labwright.address": "10.0.0.10", "labwright.copy": "labwright-images-x" }),
      },
    },
    { Id: "sha256:2", RepoTags: [], Config: { Labels: { ...labels(), "labwright.id": "ffee" } } },
  ];
  const lines = (values: readonly unknown[]) => values.map((one) => `${JSON.stringify(one)}\n`).join("");
  await writeFile(join(fake.folder, "images"), lines(images));
  await writeFile(
    join(fake.folder, "volumes"),
    lines([{ Name: "labwright-lab.cp.one", Labels: labels({ "labwright.copy": "word" }) }]),
  );
};

test("images and volumes of snapshots say whose they are, also if one has vanished meanwhile", async () => {
  await put();
  const copies = await copiesOf(docker, "lab");
  assert.deepEqual(
    copies.map(({ kind, name, machine, snapshot, word }) => [kind, name, machine, snapshot, word]),
    [
      ["image", "labwright/snapshot-lab:cp.one", "cp", "one", "labwright-images-x"],
      ["image", undefined, "cp", "one", ""],
      ["volume", "labwright-lab.cp.one", "cp", "one", "word"],
    ],
  );
  assert.deepEqual(
    copies.map(({ claim }) => [claim.what, claim.id]),
    [
      ["snapshot one (image of cp)", "00112233aabbccdd"],
      ["snapshot one (image of cp)", "ffee"],
      ["snapshot one (volume of cp)", "00112233aabbccdd"],
    ],
  );
});

test("an image without a name that a machine still needs is left to the engine", async () => {
  await put();
  for (const { remove } of copiesGoing(docker, await copiesOf(docker, "lab"))) await remove();
});
