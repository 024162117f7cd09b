import assert from "node:assert/strict";
import { test } from "node:test";
import { apiPlace, fixedPlaceWords } from "../../src/kubernetes/api-place.ts";
import type { MachineInfo } from "../../src/providers/types.ts";
import { openEntranceWords } from "../../src/session/entrance.ts";
import { sshFiles } from "../../src/session/ssh-files.ts";
import { checkContextOf, lab } from "../support/steps.ts";

const places: Record<string, string> = {
  "api-server": "lab.example.org:12000",
  "ssh.cp": "lab.example.org:12001",
};
const enter = (door: string): string | undefined => places[door];

const machine = (name: string, address: string): MachineInfo => ({
  ...{ name, address, running: true, reach: (port) => `${address}:${port}` },
  access: { host: address, port: 22, user: "root", hostKeys: ["ssh-ed25519 AAAA"], sudo: { kind: "none" } },
});
const found = [machine("cp", "10.89.0.10"), machine("w1", "10.89.0.11")];

test("plain ssh goes through the entrance where it has a door, with the machine's own host key", () => {
  const { config, knownHosts } = sshFiles(lab, found, enter);
  assert.match(config, /HostName lab\.example\.org\n {2}Port 12001\n/);
  assert.match(config, /HostName 10\.89\.0\.11\n {2}Port 22\n/);
  assert.match(knownHosts(""), /^cp,10\.89\.0\.10,\[lab\.example\.org\]:12001 ssh-ed25519 AAAA /m);
  assert.doesNotMatch(sshFiles(lab, found).config, /example/);
});

test("kubectl asks the entrance, also if the API server's address moves", () => {
  const context = { ...checkContextOf("localhost"), reach: () => "127.0.0.1:32768" };
  assert.deepEqual(apiPlace({ ...context, enter }), { server: "https://lab.example.org:12000" });
  const moving = { ...context, lab: { ...lab, cluster: { ...lab.cluster, controlPlaneEndpoint: "auto" } } };
  assert.notEqual(fixedPlaceWords(moving), undefined);
  assert.equal(fixedPlaceWords({ ...moving, enter }), undefined);
  assert.deepEqual(apiPlace({ ...context, enter: () => undefined }), { server: "https://127.0.0.1:32768" });
});

test("an entrance that other computers reach is named", () => {
  assert.equal(openEntranceWords({ entrance: { listen: "127.0.0.1" } }), undefined);
  assert.equal(openEntranceWords({}), undefined);
  assert.match(
    openEntranceWords({ entrance: { listen: "0.0.0.0", name: "x" } }) ?? "",
    /listens at 0\.0\.0\.0/,
  );
});
