import assert from "node:assert/strict";
import { type ArtifactStore, emptyStore } from "../../src/artifacts/lazy.ts";
import { localhost } from "../../src/engine/graph.ts";
import type { ApplyContext, BoundStep, CheckContext } from "../../src/engine/step.ts";
import type { Output } from "../../src/hosts/types.ts";
import type { Lab, Machine } from "../../src/lab/types.ts";
import { loadStep } from "../../src/steps/registry.ts";

const machine = (name: string, role: string): Machine => ({ name, role, user: "root", sudo: "none" });

/** One machine of each role, and one with another role. */
export const lab: Lab = {
  name: "basics",
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: [machine("cp", "control-plane"), machine("w1", "worker"), machine("spare", "spare")],
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: {
      plugin: "calico",
      settings: { typha: true },
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    },
  },
  playbooks: [],
};

/** What a step on a machine (`cp`, `w1`, `spare`, `localhost`) knows of its lab; their addresses end in 10, 11 and 12. */
export function checkContextOf(name: string): CheckContext {
  const own = [...lab.machines, localhost].find((one) => one.name === name);
  assert.ok(own);
  const addresses = new Map(lab.machines.map((one, at) => [one.name, `10.89.0.${10 + at}`]));
  return { lab, machine: own, addresses, reach: () => undefined };
}

/** Changes the machine that a step runs on. */
export const withMachine =
  (change: Partial<Machine>) =>
  (context: CheckContext): CheckContext => {
    const machine = { ...context.machine, ...change };
    const machines = context.lab.machines.map((one) => (one.name === machine.name ? machine : one));
    return { ...context, machine, lab: { ...context.lab, machines } };
  };

/** Changes the lab that a step belongs to. */
export const withLab =
  (change: Partial<Lab>) =>
  (context: CheckContext): CheckContext => ({
    ...context,
    lab: { ...context.lab, ...change },
  });

/** What `apply` and `undo` of a step on that machine may use: no other machine, and nobody listens. */
export const applyContextOf = (name: string): ApplyContext => ({
  ...checkContextOf(name),
  signal: new AbortController().signal,
  on: () => Promise.reject(new Error("no other machine is asked")),
  note: () => {},
  leave: () => {},
});

/** What a probe printed. */
export const said = (stdout: string, code = 0): Output => ({ code, stdout, stderr: "" });

/** What a probe printed as JSON. */
export const json = (value: unknown): Output => said(JSON.stringify(value));

/** What a probe says that finds nothing. */
export const nothing: Output = said("", 1);

export async function stepOf(
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
  return (await stepOf(name, params)).check(facts, checkContextOf("cp"));
}
