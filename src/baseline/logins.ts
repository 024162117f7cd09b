import type { Inventory } from "../engine/observe.ts";
import { setName } from "../lab/machine-set.ts";
import type { Lab } from "../lab/types.ts";
import { recordedMachines, recordingFailed, recordingOf } from "../recording/record.ts";
import { type Item, itemOf, type Recording } from "../recording/types.ts";
import { readBaseline, writeBaseline } from "./baseline.ts";
import { keepContents } from "./contents.ts";
import { see } from "./see.ts";

/** What a machine is created with: host keys, its login user, and the name servers of its computer. */
const created = /^\/etc\/(ssh\/ssh_host_.+|labwright\/(user|passwords|resolv\.conf|accounts\/.+))$/;

const homeOf = (user: string): string => (user === "root" ? "/root" : `/home/${user}`);

/** Whether an item depends on the lab's key, host keys and passwords, or on the computer. */
export function isOfLogins({ machines }: Pick<Lab, "machines">, { machine, kind, name }: Item): boolean {
  const { user = "root", users = [] } = machines.find((one) => one.name === machine) ?? {};
  const accounts = ["root", user, ...users.map((one) => one.name)];
  if (kind === "account") return accounts.includes(name);
  const folders = accounts.map((one) => `${homeOf(one)}/.ssh`);
  const isKeys = folders.some((folder) => name === folder || name === `${folder}/authorized_keys`);
  return kind === "file" && (created.test(name) || isKeys);
}

/** A recording in which machines have the logins of now. */
export function withLogins(lab: Pick<Lab, "machines">, former: Recording, now: Recording): Recording {
  const isFollowed = ([key]: [string, string]): boolean => isOfLogins(lab, itemOf(key));
  return Object.fromEntries(
    [
      ...Object.entries(former).filter((one) => !isFollowed(one)),
      ...Object.entries(now).filter(isFollowed),
    ].sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/**
 * Has the baseline have the logins that machines were given: those of another lab, which it was recorded of, would lock this
 * one out after a reset. Returns what does the same to another recording, without items that it does not have. Throws
 * `recording-failed` if a machine's files or accounts cannot be seen.
 */
export async function followLogins(inventory: Inventory): Promise<(former: Recording) => Recording> {
  const { lab } = inventory;
  const { found, blind } = await see(inventory, recordedMachines(lab));
  const [hidden] = blind.filter(({ recorder = "files" }) => recorder === "files" || recorder === "accounts");
  if (hidden) throw recordingFailed(`the lab's logins cannot be recorded: ${hidden.machine} ${hidden.why}`);
  const now = recordingOf(found);
  const baseline = await readBaseline(setName(lab));
  if (baseline) {
    const logins = found.filter((item) => isOfLogins(lab, item));
    await keepContents(inventory, logins);
    const recording = withLogins(lab, baseline.recording, now);
    await writeBaseline(setName(lab), { ...baseline, recording });
  }
  return (former) => {
    const known = Object.entries(now).filter(([key]) => key in former);
    return withLogins(lab, former, Object.fromEntries(known));
  };
}
