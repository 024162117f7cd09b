import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { isThere } from "../../is-there.ts";
import type { Lab } from "../../lab/types.ts";
import { createWhole } from "../../local/text-file.ts";
import type { CloudKind } from "./cloud.ts";
import { findPulumi } from "./engine.ts";
import { cloudError, type ErrorCodes, failureIn } from "./errors.ts";
import { engineHome, pulumiFolder, stateFolder } from "./folders.ts";

const projectName = "labwright";

export interface Working {
  lab: Lab;
  kind: CloudKind;
  activity: Activity;
  signal: AbortSignal;
}

/** A resource in the state: its name in the program, and the cloud's id. */
export interface Recorded {
  name: string;
  id: string;
}

/** The lab's stack: created if there is none. Secrets in it are encrypted with the lab's own passphrase. */
export async function openStack({ lab, kind, activity, signal }: Working): Promise<Stack> {
  const folder = pulumiFolder(lab.name);
  const home = engineHome(lab.name);
  await mkdir(stateFolder(lab.name), { recursive: true, mode: 0o700 });
  const { root, environment } = await findPulumi({ lab, plugin: kind.plugin, home, activity, signal });
  const { LocalWorkspace, PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  const pulumiCommand = await PulumiCommand.get({
    ...(root === undefined ? {} : { root }),
    skipVersionCheck: true,
  });
  const url = lab.cloud?.backend ?? `file://${stateFolder(lab.name)}`;
  const settings = { name: projectName, runtime: "nodejs", backend: { url } };
  const envVars = {
    ...environment,
    ...(await passphrase(folder)),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_OPTION_NON_INTERACTIVE: "true",
  };
  const open = async (): Promise<Stack> => {
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: lab.name, projectName, program: async () => {} },
      { workDir: folder, pulumiHome: home, pulumiCommand, projectSettings: settings, envVars },
    );
    // Selecting alone reads a state without noticing all errors in it.
    await recorded(stack);
    return stack;
  };
  activity.note("opening the state");
  return open()
    .catch(async (error: unknown) => {
      if (lab.cloud?.backend !== undefined || !isBroken(error)) throw error;
      activity.note("the state file is incomplete; importing the cloud's resources into a new one");
      await rm(stateFolder(lab.name), { recursive: true });
      await mkdir(stateFolder(lab.name), { mode: 0o700 });
      return open();
    })
    .catch((error: unknown) => {
      throw explained(error, "open the state", kind.errorCodes);
    });
}

/** An engine that was killed while writing leaves an unreadable state. */
const isBroken = (error: unknown): boolean =>
  /failed to load checkpoint: .*(EOF|unexpected end of JSON)/.test(messageOf(error));

/** The person's passphrase if the environment has one, else one that is generated for the lab and stored in its folder. */
async function passphrase(folder: string): Promise<Record<string, string>> {
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  if (PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined) return {};
  const file = join(folder, "passphrase");
  if (!(await isThere(file))) await createWhole(file, `${randomBytes(32).toString("base64url")}\n`);
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** The resources in the state, without the program's own wrappers. */
export async function recorded(stack: Stack): Promise<Recorded[]> {
  const { deployment } = await stack.exportStack();
  const resources: { urn: string; id?: string; custom?: boolean; type: string }[] =
    deployment?.resources ?? [];
  return resources.flatMap(({ urn, id, type }) =>
    id === undefined || type.startsWith("pulumi:") ? [] : [{ name: urn.split("::").at(-1) ?? "", id }],
  );
}

/** Makes the cloud match `declare`. First the state is compared with what exists. */
export async function makeSo(
  stack: Stack,
  declare: () => void,
  { kind, activity, signal }: Working,
): Promise<void> {
  const onEvent = (event: EngineEvent) => tell(event, activity);
  try {
    activity.note("comparing the state with the cloud");
    const options = { onEvent, signal, color: "never" } as const;
    await connected(() => stack.refresh({ clearPendingCreates: true, ...options }), activity);
    stack.workspace.program = async () => declare();
    await connected(() => stack.up(options), activity);
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, "create the lab's machines", kind.errorCodes);
  }
}

/**
 * Pulumi's engine and the program in this process find each other over the loopback interface, and give up if the
 * computer is too busy. Nothing is lost: the run is repeated once.
 */
export async function connected<T>(work: () => Promise<T>, activity: Activity): Promise<T> {
  return work().catch((error: unknown) => {
    if (!/14 UNAVAILABLE: No connection established/.test(messageOf(error))) throw error;
    activity.note("Pulumi's engine and its program could not connect to each other; trying again");
    return work();
  });
}

/** Drops the stack's record from a backend that is not the lab's own folder. */
export async function forget(stack: Stack): Promise<void> {
  await stack.workspace.removeStack(stack.name, { force: true });
}

function tell({ resourcePreEvent: event }: EngineEvent, activity: Activity): void {
  const op = event?.metadata.op;
  if (!event || op === undefined || op === "same") return;
  const name = event.metadata.urn.split("::").at(-1) ?? "";
  activity.note(`${op} ${event.metadata.type.split(":").at(-1)?.toLowerCase()} ${name}`);
}

/** Pulumi's own error is its whole output; the lines that begin with `error` matter. */
function explained(error: unknown, doing: string, errorCodes: ErrorCodes): LabwrightError {
  if (error instanceof LabwrightError) return error;
  const said = messageOf(error);
  const lines = said.split("\n").filter((line) => /error:|\*/.test(line));
  const output = [...new Set(lines.map((line) => line.trim()))].slice(0, 12).join("\n") || said.slice(-2000);
  const failure = failureIn(errorCodes, output);
  if (failure) return cloudError(errorCodes, { ...failure, doing, said: output, cause: error });
  return new LabwrightError({
    code: "pulumi-failed",
    message: `cannot ${doing}: Pulumi reports an error`,
    remedy:
      "Correct what Pulumi reports below, then run `labwright up`, which continues where it stopped, or `labwright down`, which removes everything.",
    output,
    cause: error,
  });
}
