import { unlessInterrupted } from "../interruption.ts";
import { enterBy } from "../providers/entrance-place.ts";
import { assertOpen } from "../session/inventory.ts";
import { type LabOptions, openSession } from "../session/session.ts";
import { sshFiles } from "../session/ssh-files.ts";
import { print } from "../ui/print.ts";

/** Prints `Host` blocks by which plain `ssh`, `scp` and `rsync` reach the lab's machines. */
export async function sshConfig(options: LabOptions): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  const [found, entrance] = await unlessInterrupted(
    signal,
    Promise.all([provider.list(), provider.entrance?.()]),
  );
  found.forEach(assertOpen);
  print(sshFiles(lab, found, enterBy(entrance)).config);
}
