import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import type { Activity, Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { lazily } from "../../src/artifacts/lazy.ts";
import { openArtifacts } from "../../src/artifacts/open.ts";
import { clusterNeeds } from "../../src/components/needs.ts";
import { interrupted } from "../../src/interruption.ts";
import { adoptionOf } from "../../src/lab/adoption.ts";
import { adoptLabId, labId } from "../../src/lab/identity.ts";
import { parseLab } from "../../src/lab/load.ts";
import { setFolders } from "../../src/lab/machine-set.ts";
import type { Lab } from "../../src/lab/types.ts";
import { labFolder } from "../../src/paths.ts";
import { openProvider } from "../../src/providers/registry.ts";
import type { MachineInfo } from "../../src/providers/types.ts";
import { interruptedText } from "../../src/ui/interrupted.ts";
import type { Candidate } from "./providers-candidate.ts";

export const silent: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(silent, () => {}),
};

/** A name that Kubernetes could not have, and a machine behind it, each with another user. */
export const machineNames = ["jump_host", "cp"] as const;

/** A lab of machines alone, without a cluster, as a person would write it. */
export async function labOf(
  candidate: Candidate,
  word: string,
  names: readonly string[] = machineNames,
): Promise<Lab> {
  const { text = "", host } = (await candidate.settings?.(names)) ?? {};
  const via = names.includes("jump_host") ? ", via: jump_host" : "";
  const machines = names.map((name) => {
    const role = name === "cp" ? `control-plane, user: tony${via}` : "jump-host, user: thor";
    return `  - { name: ${name}, role: ${role}${host ? `, host: "${host(name)}"` : ""} }\n`;
  });
  const head = `name: contract-${candidate.title ?? candidate.name}-${word}\nprovider: ${candidate.name}\n${text}\n`;
  const result = parseLab(`${head}machines:\n${machines.join("")}playbooks: []\n`, word, {
    knownPlaybooks: [],
  });
  if ("problems" in result) assert.fail(result.problems.map(({ message }) => message).join("; "));
  return result.lab;
}

/** Makes what is missing of a lab, as `up` does, or asks for `all` of it without looking; says what is there then. */
export async function create(lab: Lab, { all = false } = {}): Promise<MachineInfo[]> {
  const provider = await openProvider(lab);
  const found = all ? [] : await provider.list();
  const running = found.filter((one) => one.running && !one.lacks).map(({ name }) => name);
  const { signal } = new AbortController();
  const artifacts = lazily(() =>
    openArtifacts({
      choice: lab.source,
      mirrors: {},
      kubernetesVersion: lab.cluster.version,
      needs: clusterNeeds(lab.cluster),
      signal,
    }),
  );
  const machines = lab.machines.filter(({ name }) => !running.includes(name));
  await provider.create({ machines, artifacts, activity: silent, signal });
  return find(lab);
}

/** The lab's machines, in the order of the lab file. */
export async function find(lab: Lab): Promise<MachineInfo[]> {
  const place = (name: string) => lab.machines.findIndex((machine) => machine.name === name);
  return (await (await openProvider(lab)).list()).sort((a, b) => place(a.name) - place(b.name));
}

/** Takes a lab away as `down` does, with its folders. */
export async function destroy(lab: Lab): Promise<string[]> {
  const removed = await (await openProvider(lab)).destroy(silent);
  for (const folder of [...(await setFolders(lab.name)), labFolder(lab.name)])
    await rm(folder, { recursive: true, force: true });
  return removed;
}

/** Interrupts `destroy` in the first removal; answers with the last words of `down`. */
export async function destroyInterrupted(lab: Lab): Promise<{ words: string; events: Event[] }> {
  const stop = new AbortController();
  const events: Event[] = [];
  const listen = (event: Event): void => {
    events.push(event);
    if (event.event === "start" && event.parent !== null) stop.abort(interrupted());
  };
  const provider = await openProvider(lab);
  const destroying = startRun("down", [listen], (root) => provider.destroy(root, stop.signal));
  await assert.rejects(destroying, { code: "interrupted" });
  return { words: interruptedText(events), events };
}

/** Takes away what a killed run left of a lab that only the suite makes, also where its folder is lost. */
export async function destroyLeftovers(lab: Lab): Promise<void> {
  const provider = await openProvider(lab);
  const { id } = adoptionOf(lab.name, await labId(lab.name), await provider.claims());
  if (id !== undefined) {
    await adoptLabId(lab.name, id);
    await provider.adopt(id);
  }
  await destroy(lab);
}
