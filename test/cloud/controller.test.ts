import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import type { ReleaseFile } from "../../src/artifacts/release-file.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { open } from "../../src/providers/pulumi/provider.ts";
import { noComputers } from "./computers.ts";
import { enterCloud } from "./environment.ts";
import { labIn, quiet } from "./lab.ts";
import type { CloudService } from "./service.ts";

const computers = noComputers();
let service: CloudService;
let leave = async (): Promise<void> => {};

before(async () => {
  ({ service, leave } = await enterCloud(computers));
});
after(() => leave());

const ofService = { "hcloud-ccm/service-uid": "5f0c" };
const tags = async (lab: string) => ({
  "labwright-lab": lab,
  "labwright-id": await ensureLabId(lab),
  "labwright-expiry": "20300101T000000Z",
});
const there = () => service.cloud.list().sort();

/** A network of a lab's, or of nobody's, and on it a load balancer as the controller makes one. */
async function place(
  name: string,
  labels: Record<string, string>,
  balancer: Record<string, string> = ofService,
): Promise<void> {
  const { id } = await service.cloud.create("networks", { name, labels, ip_range: "10.88.0.0/24" });
  await service.cloud.create("load_balancers", { name: `lb-${name}`, labels: balancer, network: id });
}

test("a load balancer goes with the lab on whose network the cluster's controller made it, and no other does", async () => {
  await place("mine", await tags("mine"));
  await place("other", await tags("other"));
  await place("foreign", {});
  const before = there();
  const removed = await (await open(labIn("mine"))).destroy(quiet);
  assert.deepEqual(removed.sort(), ["load-balancer lb-mine", "network mine"]);
  const gone = ["load_balancers lb-mine", "networks mine"];
  assert.deepEqual(
    there(),
    before.filter((one) => !gone.includes(one)),
  );
});

test("one that the controller makes while its lab goes away goes with it", async () => {
  const { id: network } = await service.cloud.create("networks", {
    name: "late",
    labels: await tags("late"),
  });
  const server = {
    name: "late-cp",
    labels: await tags("late"),
    server_type: "cpx22",
    image: "debian-12",
    location: "nbg1",
  };
  await service.cloud.create("servers", server);
  computers.remove = async () => {
    await service.cloud.create("load_balancers", { name: "lb-late", labels: ofService, network });
  };
  await (await open(labIn("late"))).destroy(quiet);
  computers.remove = noComputers().remove;
  assert.deepEqual(
    there().filter((one) => one.includes("late")),
    [],
  );
});

test("one that a person has put on the lab's network is theirs, and stays", async () => {
  await place("shared", await tags("shared"), { "made-by": "hand" });
  await (await open(labIn("shared"))).destroy(quiet);
  assert.ok(there().includes("load_balancers lb-shared"));
});

test("a new time of expiry leaves it the labels by which its controller knows it", async () => {
  await place("later", await tags("later"));
  await (await open(labIn("later"))).expireAt(new Date("2031-01-01T00:00:00Z"));
  const labelsOf = (kind: "networks" | "load_balancers", name: string) =>
    [...service.cloud.things[kind].values()].find((one) => one.name === name)?.labels;
  assert.equal(labelsOf("networks", "later")?.["labwright-expiry"], "20310101T000000Z");
  assert.deepEqual(labelsOf("load_balancers", "lb-later"), ofService);
});

test("a source that has no controller is told before there is anything to pay for", async () => {
  const lab = labIn("without", "controller: true", undefined, "[cluster]");
  const manifest = ({ repository }: ReleaseFile) => Promise.reject(new Error(`no ${repository} here`));
  const artifacts = { manifest };
  const making = { machines: lab.machines, activity: quiet, signal: AbortSignal.any([]) };
  service.calls.length = 0;
  const provider = await open(lab);
  await assert.rejects(
    provider.create({ ...making, artifacts: artifacts as unknown as ArtifactStore }),
    /no hetznercloud.hcloud-cloud-controller-manager here/,
  );
  assert.deepEqual(service.calls, []);
});
