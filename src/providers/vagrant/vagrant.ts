import { LabwrightError } from "../../errors.ts";
import { runProgram } from "../../local/program.ts";
import { packageFolder } from "../../paths.ts";
import { vagrantsHere } from "./cleanup-killed-runs.ts";

export interface VagrantOptions {
  /** What `vagrant` finds in its environment besides: where machines are told, and where it keeps its own state. */
  env: Record<string, string>;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

/** Runs Vagrant on the top-level Vagrantfile. Errors: `vagrant-missing`, and those of `explained`. */
export async function vagrant(
  args: readonly string[],
  { env, signal, onLine }: VagrantOptions,
): Promise<string> {
  try {
    return await runProgram("vagrant", args, {
      cwd: packageFolder,
      env: { VAGRANT_CHECKPOINT_DISABLE: "1", VAGRANT_NO_COLOR: "1", ...env },
      signal,
      ...(onLine && { onLine }),
    });
  } catch (error) {
    if (error instanceof LabwrightError && ["program-failed", "program-missing"].includes(error.code))
      throw explained(args, error, await otherVagrants());
    throw error;
  }
}

/** In the words of Docker, VirtualBox and libvirt. */
const nameTaken =
  /container name "[^"]*" is already in use|reporting another VM with that name already\s+exists|Name `[^`]*` of domain about to\s+create is already taken/;

/** Pure: what Vagrant's own words mean, with what to do; `others` are other Vagrant commands that run here, in words. */
export function explained(
  args: readonly string[],
  error: LabwrightError,
  others: readonly string[],
): LabwrightError {
  const said = error.output ?? "";
  const details = { cause: error, output: said };
  if (error.code === "program-missing")
    return new LabwrightError({
      ...details,
      code: "vagrant-missing",
      message: "Vagrant is not installed on this computer",
      remedy: "Install it (on Debian and Ubuntu: `apt install vagrant`), with VirtualBox, libvirt or Docker.",
    });
  if (
    /another process is already executing|is locked|lock/i.test(said) &&
    /already executing|locked/i.test(said)
  )
    return new LabwrightError({
      ...details,
      code: "vagrant-locked",
      message: `another Vagrant process is working on these machines${others.length > 0 ? `: ${others.join("; ")}` : ""}`,
      remedy: "Wait until it ends, or stop it, then run the command again.",
    });
  if (/Timed out while waiting for the machine to boot/i.test(said))
    return new LabwrightError({
      ...details,
      code: "machine-boot-timeout",
      message: "a machine did not answer over SSH within ten minutes",
      remedy:
        "Look at its console, and check that this computer has hardware virtualisation (nested, if it is a virtual machine): without it nothing boots in time.",
    });
  if (/not within the\s+allowed ranges/i.test(said))
    return new LabwrightError({
      ...details,
      code: "network-not-allowed",
      message: "VirtualBox allows host-only networks only in 192.168.56.0/21",
      remedy: "Set such a network in the lab file: `network: { subnet: 192.168.57.0/24 }`.",
    });
  if (
    /cannot connect to the docker daemon|error during connect|provider 'docker' that was requested/i.test(
      said,
    )
  )
    return new LabwrightError({
      ...details,
      code: "engine-gone",
      message: "the Docker engine that Vagrant uses no longer answers",
      remedy:
        "Check that it is running (`labwright doctor` reports it), then run the command again: it continues with the machines that exist.",
    });
  if (/No usable default provider|provider .* (was requested|is not usable|could not be found)/i.test(said))
    return new LabwrightError({
      ...details,
      code: "vagrant-provider-missing",
      message: "Vagrant has no provider to create machines with",
      remedy:
        "Install VirtualBox, vagrant-libvirt or Docker; if several are installed, set VAGRANT_DEFAULT_PROVIDER to one of them.",
    });
  const [taken] = nameTaken.exec(said) ?? [];
  if (taken !== undefined)
    return new LabwrightError({
      ...details,
      code: "name-taken",
      message: `a name that the lab needs is already in use: ${taken.replaceAll(/\s+/g, " ")}`,
      remedy: "Rename or remove that machine, or give the lab another name.",
    });
  if (/Command: \["docker", "inspect"[\s\S]*No such object/.test(said))
    return new LabwrightError({
      ...details,
      code: "vagrant-docker-race",
      message: "Vagrant failed because another Docker container started or stopped at the same time",
      remedy: "Run the command again.",
    });
  return new LabwrightError({
    ...details,
    code: "vagrant-failed",
    message: `vagrant ${args[0]} failed`,
    remedy: "Correct what Vagrant reports below, then run the command again.",
  });
}

/** Other Vagrant commands of this computer, as `vagrant up (process 12)`. */
const otherVagrants = async (): Promise<string[]> =>
  (await vagrantsHere()).map(({ pid, command }) => `vagrant ${command} (process ${pid})`);

/** The states of all machines, by name, in what `vagrant status --machine-readable` prints: `running`, `not_created` … */
export function statesIn(text: string): Map<string, string> {
  const rows = text.split("\n").map((line) => line.split(","));
  return new Map(
    rows.flatMap(([, name, kind, value]) => (name && kind === "state" && value ? [[name, value]] : [])),
  );
}

/** Vagrant's own way into a machine. */
export interface Door {
  host: string;
  port: number;
  user: string;
  /** The file of its private key. */
  identity: string;
}

/** What `vagrant ssh-config` prints, by machine: an OpenSSH client configuration of plain keys. */
export function doorsIn(text: string): Map<string, Door> {
  const blocks = text.split(/^Host /m).slice(1);
  return new Map(
    blocks.map((block) => {
      const [name = "", ...lines] = block.split("\n");
      const value = (key: string): string =>
        (lines.find((line) => line.trim().startsWith(`${key} `)) ?? "")
          .trim()
          .slice(key.length + 1)
          .replace(/^"(.*)"$/, "$1");
      return [
        name.trim(),
        {
          host: value("HostName"),
          port: Number(value("Port")),
          user: value("User"),
          identity: value("IdentityFile"),
        },
      ] as const;
    }),
  );
}
