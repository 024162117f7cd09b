import { readFile } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { readKey } from "../../hosts/keys.ts";
import type { Identities, IdentityFile } from "../../hosts/types.ts";
import type { ClientConfig } from "./client-answer.ts";

/** The values of ssh_config(5)'s tokens. */
export interface Tokens {
  /** The host as the person named it. */
  named: string;
  hostName: string;
  port: number;
  user: string;
}

/** The keys and the agent that the person's OpenSSH client would use for one host. Reads key files, and writes nothing. */
export async function identitiesOf(config: ClientConfig, tokens: Tokens): Promise<Identities> {
  const written = config.identityFiles.filter((file) => file.toLowerCase() !== "none");
  const files = await Promise.all(written.map((file) => identityFile(expanded(file, tokens))));
  const agent = agentOf(config, tokens);
  return {
    ...(agent !== undefined && { agent }),
    only: config.identitiesOnly,
    // OpenSSH's default files need not exist, so missing ones are not reported.
    files: files.filter(({ flaw }) => !config.byDefault || flaw !== missing),
  };
}

const missing = "does not exist";

/** The usable content of a key file. */
export async function identityFile(path: string): Promise<IdentityFile> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const read = text === undefined ? undefined : readKey(text);
  // For a key with a passphrase, and for one that only the agent has, the public key is in a file beside it.
  const publicKey =
    read?.publicKey ?? readKey(await readFile(`${path}.pub`, "utf8").catch(() => "")).publicKey;
  const flaw = read === undefined ? missing : read.flaw;
  return {
    path,
    ...(publicKey !== undefined && { publicKey }),
    ...(read?.isPrivate && text !== undefined && { privateKey: text }),
    ...(flaw !== undefined && { flaw }),
  };
}

function agentOf({ identityAgent }: ClientConfig, tokens: Tokens): string | undefined {
  if (identityAgent === "none") return undefined;
  if (identityAgent === undefined || identityAgent === "SSH_AUTH_SOCK")
    return process.env.SSH_AUTH_SOCK || undefined;
  if (/^\$\w+$/.test(identityAgent)) return process.env[identityAgent.slice(1)] || undefined;
  return expanded(identityAgent, tokens);
}

/** A path with the elements that ssh_config(5) allows: a leading `~`, tokens, and variables of the environment. */
export function expanded(path: string, { named, hostName, port, user }: Tokens): string {
  const here = userInfo();
  const [computer = ""] = hostname().split(".");
  const values: Record<string, string> = {
    "%": "%",
    d: homedir(),
    h: hostName,
    i: String(here.uid),
    k: named,
    L: computer,
    l: hostname(),
    n: named,
    p: String(port),
    r: user,
    u: here.username,
  };
  return path
    .replace(/^~(?=\/|$)/, homedir())
    .replace(/%(.)/g, (token, letter: string) => values[letter] ?? token)
    .replace(/\$\{(\w+)\}/g, (_, name: string) => process.env[name] ?? "")
    .replace(/^(?!\/)/, join(homedir(), "/"));
}
