import assert from "node:assert/strict";
import { test } from "node:test";
import { ownConfiguration } from "../../src/providers/docker/own-engine.ts";

test("our engine keeps what the computer's owner says of the network, and nothing that is the other engine's own", () => {
  const ours = ownConfiguration({
    "registry-mirrors": ["https://mirror.example"],
    "insecure-registries": ["10.0.0.0/8", "registry.example:5000"],
    "data-root": "/srv/docker",
    hosts: ["tcp://0.0.0.0:2375"],
  });
  assert.deepEqual(ours["registry-mirrors"], ["https://mirror.example"]);
  assert.deepEqual(ours["insecure-registries"], [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "registry.example:5000",
  ]);
  assert.match(String(ours["data-root"]), /labwright\/engine\/data$/);
  assert.match(String(ours.hosts), /^unix:\/\/.*labwright\/engine\/docker\.sock$/);
});
