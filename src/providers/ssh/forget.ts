import { LabwrightError } from "../../errors.ts";
import { type Departed, fateOf } from "./departed.ts";

/** A taken host that the person declares gone for good. */
export type Forgotten = Departed;

/** Throws if one of the hosts answers and is still the lab's: `down` can restore it. */
export async function assertGone(hosts: readonly Forgotten[], id: string | undefined): Promise<void> {
  const fates = await Promise.all(hosts.map((host) => fateOf(host, id)));
  const there = hosts.filter((_, index) => fates[index]?.kind === "ours").map(({ name }) => name);
  if (there.length > 0)
    throw new LabwrightError({
      code: "host-answers",
      message: `${there.join(", ")} cannot be forgotten: the host answers and still belongs to the lab`,
      remedy: "Run the command without `--forget` to give the host back.",
    });
}
