import assert from "node:assert/strict";
import { type ArtifactStore, emptyStore } from "../../src/artifacts/lazy.ts";
import { localhost } from "../../src/engine/graph.ts";
import type { BoundStep, CheckContext } from "../../src/engine/step.ts";
import type { Output } from "../../src/hosts/types.ts";
import type { Lab, Machine } from "../../src/lab/types.ts";
import { loadStep } from "../../src/steps/registry.ts";

const machine = (name: string, role: string): Machine => ({ name, role, user: "root", sudo: "none" });

/** A control plane, which has a Docker engine besides, and a worker. */
export const lab: Lab = {
  name: "basics",
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: [
    {
      ...machine("cp", "control-plane"),
      software: ["docker"],
      users: [{ name: "steve", sudo: "password" }],
      login: ["key", "password"],
      rootLogin: "password",
    },
    machine("w1", "worker"),
  ],
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: { plugin: "calico", typha: true, podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12" },
  },
  playbooks: [],
};

export const contextOn = (name: string): CheckContext => ({
  lab,
  machine: lab.machines.find((one) => one.name === name) ?? localhost,
  addresses: new Map([
    ["cp", "10.89.0.10"],
    ["w1", "10.89.0.11"],
  ]),
  reach: (machineName, port) => `${machineName === "cp" ? "10.89.0.10" : "10.89.0.11"}:${port}`,
});

/** What a probe printed. */
export const said = (printed: unknown, code = 0): Output => ({
  code,
  stdout: typeof printed === "string" ? printed : JSON.stringify(printed),
  stderr: "",
});

export async function bound(
  name: string,
  params: unknown = {},
  artifacts: ArtifactStore = emptyStore,
): Promise<BoundStep> {
  const step = await loadStep(name);
  assert.ok(step, `there is a step ${name}`);
  return step.bind(params, artifacts);
}

/** What a step's check on the control plane says about facts. */
export async function checked(
  name: string,
  params: unknown,
  facts: Record<string, Output>,
): Promise<readonly string[]> {
  return (await bound(name, params)).check(facts, contextOn("cp"));
}
