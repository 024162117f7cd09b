import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { capabilitiesIn, unknownCapability } from "../../src/providers/docker/capabilities.ts";
import { isUnanswered } from "../../src/providers/docker/docker.ts";
import { assignAddresses, machineAddress, subnetsIn } from "../../src/providers/machine/subnet.ts";

test("addresses are given from .10 on, across octets, and never outside of the network", () => {
  assert.equal(machineAddress("10.89.7.0/24", 0), "10.89.7.10");
  assert.equal(machineAddress("10.89.0.0/16", 250), "10.89.1.4");
  assert.equal(machineAddress("192.168.1.128/28", 4), "192.168.1.142");
  assert.throws(() => machineAddress("192.168.1.128/28", 5), /no room for 6 machines/);
});

test("a machine keeps its address; a new one gets that of its place, or the next one that is free", () => {
  const machines = ["cp", "w0", "w1", "w2"].map((name) => ({ name }));
  const present = new Map([
    ["w1", "10.89.7.11"],
    ["gone-from-the-file", "10.89.7.12"],
    ["half-made", ""],
  ]);
  assert.deepEqual(Object.fromEntries(assignAddresses("10.89.7.0/24", machines, present)), {
    cp: "10.89.7.10",
    w0: "10.89.7.13",
    w1: "10.89.7.11",
    w2: "10.89.7.14",
    "gone-from-the-file": "10.89.7.12",
  });
});

test("capabilities are read out of a mask of the kernel", () => {
  assert.deepEqual(capabilitiesIn("0000000000000003"), ["CHOWN", "DAC_OVERRIDE"]);
  assert.ok(!capabilitiesIn("000001fffeffffff").includes("SYS_RESOURCE"));
  assert.equal(capabilitiesIn("000001ffffffffff").length, 41);
  assert.deepEqual(capabilitiesIn("8000000000"), ["BPF"]);
});

test("an engine's refusal names the capability that it does not know", () => {
  assert.equal(unknownCapability('invalid CapAdd: unknown capability: "CAP_BPF"'), "BPF");
  assert.equal(unknownCapability("permission denied"), undefined);
});

test("networks that only a route shows count as taken: Node.js does not list a bridge without a carrier", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "br-1\t00CC590A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "tun0\t0000600A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0",
    "",
  ].join("\n");
  assert.deepEqual(subnetsIn(table), ["172.17.0.0/16", "10.89.204.0/24", "10.96.0.0/12"]);
});

test("what the engine says of a registry is not taken for a lost engine", () => {
  const failed = (output: string) =>
    isUnanswered(new LabwrightError({ code: "command-failed", message: "x", remedy: "y", output }));
  assert.ok(
    failed(
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    ),
  );
  assert.ok(failed('error during connect: Post "http://docker:2375/v1.41/containers/create": EOF'));
  assert.ok(failed("EOF"));
  assert.ok(!failed('Error response from daemon: Get "https://registry-1.docker.io/v2/": EOF'));
  assert.ok(!failed('Error response from daemon: Get "https://quay.io/v2/": dial tcp: connection refused'));
});
