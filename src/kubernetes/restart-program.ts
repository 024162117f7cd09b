import { setTimeout as sleep } from "node:timers/promises";
import type { ApplyContext } from "../engine/step.ts";
import { LabwrightError } from "../errors.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { contentOf } from "../linux/files.ts";
import {
  argumentsIn,
  askProcess,
  endedContainers,
  isReported,
  lastLines,
  manifestOf,
  removeEnded,
  runsWith,
} from "./control-plane-pod.ts";
import { kubectl } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

/** A program of the control plane: kubeadm's phase that writes its static pod, and its keys in the lab file. */
export interface Program {
  name: string;
  phase: readonly string[];
  key: string;
}

/** Longer than the kubelet's second back-off, and than the 30 s for which it may wait for an API server that is gone. */
const patience = 150;

/**
 * Has kubeadm write a program's static pod from a configuration file, and waits until it runs with that. Throws a
 * LabwrightError (code `component-fails`) with the program's last lines if it ends twice, or is not ready in time.
 */
export async function restartProgram(host: Host, context: ApplyContext, program: Program, config: string) {
  const { name, phase } = program;
  // The kubelet waits longer with each container that ended.
  await host.run(removeEnded(name));
  const ended = new Set<string>();
  await host.run(sh`${nodeProgram("kubeadm")} init phase ${phase} --config ${config} >/dev/null`);
  const wanted = argumentsIn(await host.run(contentOf(manifestOf(name))), name);
  for (const deadline = Date.now() + patience * 1000; ; ) {
    assertNotInterrupted(context.signal);
    if (await isRunning(host, name, wanted)) return;
    for (const one of (await asked(host, endedContainers(name))).stdout.split("\n"))
      if (one !== "") ended.add(one);
    if (ended.size > 1 || Date.now() > deadline) throw await fails(host, program, [...ended].at(-1));
    context.note(`waiting for ${name} to run with its settings`);
    await sleep(1000, undefined, { signal: context.signal }).catch(() => {});
  }
}

const asked = (host: Host, command: Command) => host.run(command, { accept: "any" });

async function isRunning(host: Host, name: string, wanted: readonly string[]): Promise<boolean> {
  if (!runsWith(await asked(host, askProcess(name)), wanted)) return false;
  if ((await asked(host, isReported(name))).code !== 0) return false;
  if (name !== "kube-apiserver") return true;
  return (await asked(host, kubectl(sh`get --raw /readyz`))).stdout.trim() === "ok";
}

async function fails(host: Host, { name, key }: Program, container: string | undefined) {
  const { stdout } = container ? await asked(host, lastLines(container)) : { stdout: "" };
  return new LabwrightError({
    code: "component-fails",
    message: `${host.name}: ${name} ${container ? "ends again and again" : `is not ready after ${patience} s`} with the settings of the lab file`,
    output: stdout,
    remedy: `Correct ${key} in the lab file, then run \`labwright up\` again.`,
  });
}
