import { LabwrightError } from "../errors.ts";
import { terminal } from "../hosts/terminal.ts";
import type { Access } from "../hosts/types.ts";
import { unlessInterrupted } from "../interruption.ts";
import { isControlPlane } from "../lab/roles.ts";
import { keptCredentials } from "../providers/credentials.ts";
import { withoutInterruption } from "../session/interrupt.ts";
import { assertOpen } from "../session/inventory.ts";
import { type LabOptions, openSession } from "../session/session.ts";

/** A terminal on a machine of the lab, or one command there; ends with that command's exit code. */
export async function ssh(
  machine: string | undefined,
  command: string[],
  options: LabOptions & { user?: string },
): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  const name = machine ?? (lab.machines.find(isControlPlane) ?? lab.machines[0])?.name ?? "";
  const found = (await unlessInterrupted(signal, provider.list())).find((one) => one.name === name);
  if (!found?.running) {
    throw new LabwrightError({
      code: "machine-absent",
      message: `the lab ${lab.name} has no running machine "${name}"`,
      remedy: `Name one of its machines: ${lab.machines.map((one) => one.name).join(", ")}. If it is missing, run \`labwright up\`.`,
    });
  }
  assertOpen(found);
  const password = options.user && (await keptCredentials(lab.name))[name]?.[options.user];
  const access: Access = {
    ...found.access,
    ...(options.user && { user: options.user }),
    ...(password && { password }),
  };
  // OpenSSH's own client takes `ssh machine -- command` too.
  const words = command[0] === "--" ? command.slice(1) : command;
  const inTerminal = () => terminal(name, access, words.length > 0 ? words.join(" ") : undefined);
  process.exitCode = await withoutInterruption(inTerminal);
}
