import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { bridgesOf } from "../../src/providers/docker/site.ts";
import { fakeDocker } from "../support/fake-docker.ts";

/** As Docker 20.10 with a client of 28.2 printed it: an option that is missing has no value, and says so. */
fakeDocker(`case "$*" in
'network ls'*) printf '506f6d8c11f4\\n41b60c51241c\\n' ;;
*'{{with index .Options'*) printf '506f6d8c11f4c427\\tdocker0\\n41b60c51241c77bf\\t\\n' ;;
'network inspect'*) printf '506f6d8c11f4c427\\tdocker0\\n41b60c51241c77bf\\t<no value>\\n' ;;
esac
`);

test("a network without a bridge's name has the bridge that the engine names after it", async () => {
  assert.deepEqual(await bridgesOf(new Docker(localHost())), ["docker0", "br-41b60c51241c"]);
});
