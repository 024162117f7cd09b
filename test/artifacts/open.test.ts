import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { passingChoices } from "../../src/artifacts/choices.ts";
import { explainSource, type OpenRequest, openArtifacts } from "../../src/artifacts/open.ts";
import { placesOf } from "../../src/artifacts/upstream/places.ts";
import { clusterNeeds } from "../../src/components/needs.ts";
import { LabwrightError } from "../../src/errors.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { folderWithGo, mirrors } from "../support/no-upstream.ts";

const folder = folderWithGo("XDG_CACHE_HOME");
const request = (more: Partial<OpenRequest> = {}): OpenRequest => ({
  choice: "auto",
  mirrors,
  kubernetesVersion: "1.36",
  needs: clusterNeeds(defaultLab().cluster),
  choices: passingChoices(),
  ...more,
});
const codeOf = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

test("in a CI job nothing is compiled that nobody asked for, and the error says how to ask", async () => {
  await assert.rejects(openArtifacts(request({ unattended: true })), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "compiling-not-asked-for");
    assert.match(
      error.message,
      /Kubernetes' package repository \(127\.0\.0\.1:1023\) does not answer: connect ECONNREFUSED/,
    );
    assert.match(error.message, /compiling all programs takes about \d+ min/);
    assert.match(error.remedy, /source: modules/);
    return true;
  });
  const asked = await openArtifacts(request({ choice: "modules", unattended: true }));
  assert.equal(asked.source, "modules");
});

test("a person is told before the compilation how long it takes and how to get out of it", async () => {
  const told: string[] = [];
  const { source } = await openArtifacts(request({ warn: (text) => told.push(text) }));
  assert.equal(source, "modules");
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? "",
    /takes about \d+ min once; to use upstream, press Ctrl-C and set `source: upstream`/,
  );
});

test("what a lab has begun with it goes on with, and is not told of again", async () => {
  const choices = passingChoices();
  await openArtifacts(request({ choices }));
  assert.equal((await explainSource(request({ choices }))).why, "the lab was created with it");
  const told: string[] = [];
  await openArtifacts(request({ choices, unattended: true, warn: (text) => told.push(text) }));
  assert.deepEqual(told, []);
  assert.equal((await openArtifacts(request({ choices, choice: "upstream" }))).source, "upstream");
});

test("every registry that an addon's images are in is asked", () => {
  const addons = ["metrics-server", "local-path-provisioner", "skipper"] as const;
  const asked = placesOf({}).needed("1.36", clusterNeeds({ ...defaultLab().cluster, addons }));
  assert.deepEqual(
    addons.map((name) => asked[`the image registry of ${name}`]),
    ["https://registry.k8s.io/v2/", "https://registry-1.docker.io/v2/", "https://ghcr.io/v2/"],
  );
});

test("what is not compiled from modules is refused with the list of what is", async () => {
  const why =
    "Kubernetes 1.36.1 cannot be compiled from Go modules: the wrapper modules are for 1.35.4, 1.36.3 and 1.37.2";
  await assert.rejects(
    openArtifacts(request({ choice: "modules", kubernetesVersion: "1.36.1" })),
    (error) => codeOf("version-not-in-modules")(error) && (error as LabwrightError).message === why,
  );
  await assert.rejects(
    openArtifacts(request({ kubernetesVersion: "1.36.1" })),
    (error) => codeOf("no-source")(error) && (error as LabwrightError).message.endsWith(`; and ${why}`),
  );
});

test("without a compiler the error names both reasons, and that upstream may be tried all the same", async () => {
  rmSync(join(folder, "go"));
  await assert.rejects(
    openArtifacts(request()),
    (error) => codeOf("no-source")(error) && /source: upstream/.test((error as LabwrightError).remedy),
  );
});
