import assert from "node:assert/strict";
import { after, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { isWhole } from "../../src/providers/docker/image.ts";
import { removeOldImages, volumeOf } from "../../src/providers/docker/old-images.ts";

const engine = await findEngine();
const skip = !engine && "no Docker engine answers";
const repository = "labwright-test-old/node";
const ids = ["1", "2", "3", "4", "5"];

after(async () => {
  const images = await engine?.docker.list(sh`images ${repository} --format {{.Repository}}:{{.Tag}}`);
  for (const image of images ?? []) {
    await engine?.docker.run(sh`rmi --force ${image}`, { accept: "any" });
    await engine?.docker.run(sh`volume rm --force ${volumeOf(image)}`, { accept: "any" });
  }
  await engine?.docker.run(sh`rm --force labwright-test-old`, { accept: "any" });
});

test("the volume of an image is named after it", () => {
  assert.equal(volumeOf("labwright/node:0af"), "labwright-images-0af");
});

test("of the machines' images the newest stay, and what a machine stands on", { skip }, async () => {
  if (!engine) return;
  const { docker } = engine;
  const socket = docker.socket === undefined ? "" : `unix://${docker.socket}`;
  for (const id of ids) {
    const image = `${repository}:${id}`;
    await localHost().run(
      sh`[ -z ${socket} ] || export DOCKER_HOST=${socket}
      mkdir -p /tmp/labwright-test-old && echo ${id} >/tmp/labwright-test-old/id
      tar -C /tmp/labwright-test-old -c id | docker import - ${image} && rm -r /tmp/labwright-test-old
      sleep 1.1`,
    );
    await docker.run(sh`volume create ${volumeOf(image)}`);
  }
  await docker.run(sh`create --name labwright-test-old ${repository}:1 true`);
  await removeOldImages(docker, repository);
  const there = await Promise.all(ids.map((id) => docker.has("image", `${repository}:${id}`)));
  assert.deepEqual(there, [true, false, true, true, true]);
  const volumes = await Promise.all(ids.map((id) => docker.has("volume", volumeOf(`${repository}:${id}`))));
  assert.deepEqual(volumes, there);
  const newest = { name: `${repository}:5`, volume: volumeOf(`${repository}:5`) };
  assert.ok(await isWhole(docker, newest));
  await docker.run(sh`volume rm ${newest.volume}`);
  assert.ok(!(await isWhole(docker, newest)), "an image whose volume is gone is made again");
});
