import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { buildAccess } from "../../src/providers/docker/image.ts";
import type { Reach } from "../../src/providers/docker/reach.ts";
import { fakeDocker } from "../support/fake-docker.ts";

/**
 * What API 1.52 (Engine 29) took out of a container's NetworkSettings: api/docs/CHANGELOG.md in the Go module
 * github.com/moby/moby/api. The error is the one that text/template gives, as loxilb-io/loxilb#1043 quotes it.
 */
const docker29 = `case "$*" in
*'.NetworkSettings.IPAddress'* | *'.NetworkSettings.MacAddress'* | *'.NetworkSettings.Bridge'*)
  echo 'template parsing error: template: :1:18: executing "" at <.NetworkSettings.IPAddress>: map has no entry for key "IPAddress"' >&2
  exit 1 ;;
*'.NetworkSettings.Networks'*) echo 172.17.0.2 ;;
inspect*) echo 'ssh-ed25519 AAAA' ;;
ps*) echo '127.0.0.1:32768->22/tcp' ;;
esac
`;

fakeDocker(docker29);

const published: Reach = { kind: "published", host: "127.0.0.1", bind: "127.0.0.1" };
const engine = (reach: Reach) => ({ docker: new Docker(localHost()), reach }) as Engine;

test("Docker 29 is asked for a container's address in its networks", async () => {
  const { host, port, hostKeys } = await buildAccess(engine({ kind: "direct" }), "build", "key");
  assert.deepEqual([host, port, hostKeys], ["172.17.0.2", 22, ["ssh-ed25519 AAAA"]]);
});

test("the address is not asked for where ports are published", async () => {
  const { host, port, hostKeys } = await buildAccess(engine(published), "build", "key");
  assert.deepEqual([host, port, hostKeys], ["127.0.0.1", 32768, ["ssh-ed25519 AAAA"]]);
});
