import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { LabwrightError } from "../../errors.ts";
import { runAll } from "../../hosts/batch.ts";
import { localHost } from "../../hosts/local.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { type ClientConfig, clientConfigIn, type Destination, noUser } from "./client-answer.ts";

/** The person's own configuration: ssh_config(5), FILES. */
export const ownConfig = (): string => join(homedir(), ".ssh", "config");
const systemConfig = "/etc/ssh/ssh_config";

/** The exit code of a shell that finds no such program. */
const notFound = 127;

/**
 * Asks the OpenSSH client of this computer for hosts' settings: it alone knows its whole language, with Match, Include,
 * patterns and tokens. Connects to nothing. Without a client and without a configuration for it, its defaults hold.
 * Throws `ssh-config` if the configuration cannot be used.
 */
export async function askClient(destinations: readonly Destination[]): Promise<ClientConfig[]> {
  const own = ownConfig();
  const exists = await usable(own);
  const questions = Object.fromEntries(
    destinations.flatMap((destination, index) => [
      [`${index} with`, question(destination, [...(exists ? [own] : []), systemConfig])],
      [`${index} without`, question(destination, [systemConfig])],
    ]),
  );
  const host = localHost();
  const answers = await runAll(host, questions).finally(() => host.close());
  return destinations.map((destination, index) => {
    const [answer, without] = [answers[`${index} with`], answers[`${index} without`]];
    if (answer?.code === notFound && !exists) return plain(destination);
    return clientConfigIn(read(answer, destination), without?.stdout ?? "");
  });
}

/** The configuration that names no user comes last, because ssh uses the first value that it finds. */
function question({ host, user, port }: Destination, files: readonly string[]): Command {
  const config = [...files.map((file) => `Include "${file}"`), "Host *", `User ${noUser}`];
  const flags = [...(user === undefined ? [] : ["-l", user]), ...(port === undefined ? [] : ["-p", port])];
  return sh`printf '%s\n' ${config} | ssh -G -F /dev/stdin ${flags} -- ${host} 2>&1`;
}

function read(answer: Output | undefined, { host }: Destination): string {
  if (answer?.code === 0) return answer.stdout;
  const [message, remedy] =
    answer?.code === notFound
      ? [
          `${ownConfig()} exists, but no OpenSSH client is installed to read it`,
          "Install the client (Debian: `apt install openssh-client`), or move the file away.",
        ]
      : [`the OpenSSH client cannot resolve its settings for ${host}`, `Correct ${ownConfig()}.`];
  throw new LabwrightError({ code: "ssh-config", message, remedy, output: answer?.stdout ?? "" });
}

/** OpenSSH's settings without any configuration: ssh_config(5), and its order of keys. */
const plain = ({ host, user, port = 22 }: Destination): ClientConfig => ({
  hostName: host,
  port,
  ...(user !== undefined && { user }),
  jumps: [],
  identityFiles: ["id_rsa", "id_ecdsa", "id_ed25519"].map((name) => `~/.ssh/${name}`),
  byDefault: true,
  identitiesOnly: false,
  unheeded: [],
});

/** OpenSSH refuses a configuration that others may write, because it can name programs to run; it trusts included ones. */
async function usable(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined) return false;
  const [mine, group] = [process.getuid?.() ?? stats.uid, process.getgid?.() ?? stats.gid];
  const owned = stats.uid === mine || stats.uid === 0;
  const others = (stats.mode & 0o002) !== 0 || ((stats.mode & 0o020) !== 0 && stats.gid !== group);
  if (owned && !others) return true;
  throw new LabwrightError({
    code: "ssh-config",
    message: `${file} is writable by other users, so OpenSSH refuses it`,
    remedy: `Run \`chmod 600 ${file}\`.`,
  });
}
