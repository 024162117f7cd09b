import { LabwrightError } from "../../errors.ts";
import type { Access, Host } from "../../hosts/types.ts";
import type { Fate } from "./fate.ts";
import { hostLeftovers } from "./leftovers.ts";
import { removeMark } from "./mark.ts";
import { onHost } from "./observation.ts";

const leftovers = async (host: Host): Promise<string[]> =>
  (await host.run(hostLeftovers)).stdout.split("\n").filter(Boolean);

/** What is still on a host of the steps' work. */
export const leftoversOn = (name: string, access: Access): Promise<string[]> =>
  onHost(name, access, leftovers);

/** Removes the lab's mark from a host, once nothing of ours is left on it. */
export const restoreHost = (name: string, access: Access): Promise<void> =>
  onHost(name, access, async (host) => {
    const left = await leftovers(host);
    if (left.length > 0) throw leftBehind(name, left);
    await host.run(removeMark);
  });

const leftBehind = (name: string, left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "left-behind",
    message: `${name} still has files or settings of the lab: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ` and ${left.length - 5} more` : ""}`,
    remedy: "run `labwright down` again; remove by hand what it still names",
    output: left.join("\n"),
  });

/** Throws if hosts that were taken cannot be restored now. */
export function assertRestored(hosts: readonly { name: string; fate: Fate }[]): void {
  for (const kind of ["silent", "lost"] as const) {
    const why = hosts.flatMap(({ name, fate }): [string, string][] =>
      fate.kind === kind ? [[name, fate.why]] : [],
    );
    if (why.length > 0) throw notRestored(kind, new Map(why));
  }
}

function notRestored(kind: "silent" | "lost", hosts: ReadonlyMap<string, string>): LabwrightError {
  const names = [...hosts.keys()];
  const forget = `run \`labwright down --forget ${names.join(",")}\` if it is gone for good`;
  return new LabwrightError({
    code: `host-${kind}`,
    message: [...hosts].map(([name, why]) => `${name} ${why}`).join("; "),
    remedy:
      kind === "silent"
        ? `Bring ${names.join(", ")} back and run \`labwright down\` again, or ${forget}.`
        : `Name ${names.join(", ")} in the lab file and run \`labwright up\` and \`labwright down\`, or ${forget}.`,
  });
}
