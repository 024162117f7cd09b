import { LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import { hostLeftovers } from "./leftovers.ts";
import { removeMark } from "./mark.ts";
import { onHost } from "./sight.ts";

/** Takes the lab's mark from a host, once nothing of ours is left on it. Answers with what was taken away, in words. */
export const giveBack = (name: string, access: Access): Promise<string> =>
  onHost(name, access, async (host) => {
    const { stdout } = await host.run(hostLeftovers);
    const left = stdout.split("\n").filter(Boolean);
    if (left.length > 0) throw leftBehind(name, left);
    await host.run(removeMark);
    return `the lab's mark on ${name} (${access.host})`;
  });

const leftBehind = (name: string, left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "left-behind",
    message: `${name} still has something of the lab: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ` and ${left.length - 5} more` : ""}`,
    remedy: "run `labwright down` again; what is named there after that has to be taken away by hand",
    output: left.join("\n"),
  });
