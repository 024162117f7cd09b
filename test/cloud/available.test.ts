import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { cloudDefaults } from "../../src/lab/available.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { open } from "../../src/providers/pulumi/provider.ts";
import { noComputers } from "./computers.ts";
import { enterCloud } from "./environment.ts";
import { labIn, quiet } from "./lab.ts";
import { catalogue, type TypeLocation } from "./model.ts";
import type { CloudService } from "./service.ts";

const signal = AbortSignal.any([]);
let service: CloudService;
let leave = async (): Promise<void> => {};

before(async () => {
  ({ service, leave } = await enterCloud(noComputers()));
});
after(() => leave());
beforeEach(() => {
  Object.assign(service.cloud.catalogue, catalogue());
  for (const things of Object.values(service.cloud.things)) things.clear();
  service.calls.length = 0;
});

/** Changes where servers of a type are sold; without places, everywhere. */
function change(type: string, changed: Partial<TypeLocation>, ...places: string[]): void {
  for (const one of service.cloud.catalogue.server_types)
    if (one.name === type)
      for (const location of one.locations)
        if (places.length === 0 || places.includes(location.name)) Object.assign(location, changed);
}
const sellOut = (type: string, ...places: string[]) => change(type, { available: false }, ...places);

/** How both commands that look before anything is made refuse; the cloud must have been asked only. */
async function refusals(cloud: string): Promise<LabwrightError[]> {
  const provider = await open(labIn("one", cloud));
  const asked = [() => provider.cost(), () => provider.make({ activity: quiet, signal })];
  const errors = [];
  for (const ask of asked)
    errors.push(
      await ask().then(
        () => assert.fail("nothing was refused"),
        (error: unknown) => error,
      ),
    );
  assert.deepEqual(
    service.calls.filter((call) => !call.startsWith("GET ")),
    [],
  );
  return errors.map((error) => {
    assert.ok(error instanceof LabwrightError, String(error));
    return error;
  });
}

test("a size that is sold out in the region is refused, with the cheapest that will do and the nearest place", async () => {
  sellOut("cx23", "nbg1", "fsn1");
  sellOut("cx33");
  for (const { code, message, remedy } of await refusals("size: cx23")) {
    assert.equal(code, "cloud-sold-out");
    assert.equal(message, "Hetzner Cloud has no server of the size cx23 available in nbg1");
    assert.equal(
      remedy,
      "In `cloud` of the lab file, set `size: cpx22` (2 CPUs, 4 GB, 0.0381 EUR an hour), or `region: hel1`, where cx23 is available.",
    );
  }
});

test("a size that is sold out everywhere is refused without a place", async () => {
  sellOut("cx23");
  sellOut("cpx22", "nbg1");
  for (const { remedy } of await refusals("size: cx23"))
    assert.equal(remedy, "In `cloud` of the lab file, set `size: cx33` (4 CPUs, 8 GB, 0.0171 EUR an hour).");
});

test("sizes of the other processor and sizes too small for a control plane are not proposed", async () => {
  for (const type of ["cx23", "cx33", "cpx22"]) sellOut(type);
  for (const { remedy } of await refusals("size: cx23")) {
    assert.doesNotMatch(remedy, /cax11|cpx12/);
    assert.match(remedy, /^Try again later, or/);
  }
});

test("a size that the cloud no longer sells in the region counts as sold out", async () => {
  const gone = { announced: "2026-01-01T00:00:00Z", unavailable_after: "2026-04-01T00:00:00Z" };
  change("cx23", { deprecation: gone }, "nbg1");
  for (const { code, message } of await refusals("size: cx23")) {
    assert.equal(code, "cloud-sold-out");
    assert.equal(
      message,
      "Hetzner Cloud no longer sells servers of the size cx23 in nbg1 (since 2026-04-01)",
    );
  }
});

test("a size whose end is only announced is taken", async () => {
  const later = { announced: "2026-01-01T00:00:00Z", unavailable_after: "2999-04-01T00:00:00Z" };
  change("cx23", { deprecation: later });
  assert.match((await (await open(labIn("one", "size: cx23"))).cost()).for, /cx23/);
});

test("an API that does not say what is available is believed to have everything", async () => {
  change("cx23", { available: undefined as unknown as boolean });
  assert.match((await (await open(labIn("one", "size: cx23"))).cost()).for, /cx23/);
});

test("a lab whose servers all exist needs none, whatever is sold out", async () => {
  const lab = labIn("one", "size: cx23");
  const id = await ensureLabId("one");
  for (const { name } of lab.machines)
    await service.cloud.create("servers", {
      name,
      labels: { "labwright-lab": "one", "labwright-id": id, "labwright-machine": name },
      server_type: "cx23",
      image: "debian-12",
      location: "nbg1",
    });
  for (const server of service.cloud.servers())
    server.private_net.push({ network: 1, ip: "10.88.0.9", alias_ips: [], mac_address: "" });
  sellOut("cx23");
  assert.match((await (await open(lab)).cost()).for, /cx23/);
});

test("an image that exists for the other processor only is refused, with the sizes for its processor", async () => {
  for (const { code, message, remedy } of await refusals("size: cax11, image: debian-11")) {
    assert.equal(code, "cloud-architecture");
    assert.equal(
      message,
      "the image debian-11 is for amd64, and servers of the size cax11 have arm64 processors",
    );
    assert.match(remedy, /`size: cx23`/);
  }
});

test("the size's processor is part of what names stand for", async () => {
  const { openCloud } = await import("../../src/providers/pulumi/clouds.ts");
  const { cloudSchema } = await import("../../src/lab/cloud.ts");
  for (const [size, architecture] of [
    ["cpx22", "amd64"],
    ["cax11", "arm64"],
  ]) {
    const choice = cloudSchema.parse({ size });
    assert.equal((await (await openCloud(choice, process.env)).resolve(choice)).architecture, architecture);
  }
});

test("the default size is one of the family that is orderable", () => {
  assert.equal(cloudDefaults.hetzner.size, "cpx22");
});
