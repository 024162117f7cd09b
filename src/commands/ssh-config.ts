import { print } from "../ui/print.ts";
import { type LabOptions, openSession } from "./shared/session.ts";
import { keepSshFiles } from "./shared/ssh-files.ts";

/** Prints `Host` blocks by which plain `ssh`, `scp` and `rsync` reach the lab's machines. */
export async function sshConfig(options: LabOptions): Promise<void> {
  const { lab, provider } = await openSession(options);
  print(await keepSshFiles(lab, await provider.find()));
}
