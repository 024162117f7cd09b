import { readFile } from "node:fs/promises";
import type { KeyPair } from "../../hosts/keys.ts";
import type { Sudo } from "../../lab/available.ts";
import type { Passwords } from "../credentials.ts";

/** Files of a machine by their absolute path. */
export type Files = Record<string, { text: string; mode: number }>;

export interface Identity {
  /** The login user to make, and how it becomes root; root needs no making. */
  user: string;
  sudo: Sudo;
  /** The passwords of the login user and of root, if they have any. */
  passwords: Passwords;
  /** The public keys that may log in, a line each. */
  authorizedKey: string;
  /** The host key that the machine shows. */
  hostKey: KeyPair;
  /** Whether it reaches this computer's own name servers. */
  resolves: boolean;
}

/** A container's files before its first start: infra/node-image's labwright-init and sshd read them. */
export async function machineFiles(identity: Identity): Promise<Files> {
  const { user, sudo, passwords, authorizedKey, hostKey, resolves } = identity;
  const servers = resolves ? await nameServers() : [];
  return {
    "/etc/ssh/ssh_host_ed25519_key": { text: hostKey.privateKey, mode: 0o600 },
    "/etc/ssh/ssh_host_ed25519_key.pub": { text: `${withoutComment(hostKey.publicKey)}\n`, mode: 0o644 },
    "/root/.ssh/authorized_keys": { text: `${authorizedKey}\n`, mode: 0o600 },
    "/etc/labwright/user": { text: user === "root" ? "" : `${user} ${sudo}\n`, mode: 0o644 },
    ...passwordFile(passwords),
    ...(servers.length > 0 && {
      "/etc/labwright/resolv.conf": { text: `${servers.join("\n")}\n`, mode: 0o644 },
    }),
  };
}

/** The input of infra/node-image's labwright-passwords, which removes it: at the machine's start, or when it is called. */
export function passwordFile(passwords: Passwords): Files {
  const lines = Object.entries(passwords).map(([user, password]) => `${user}:${password}\n`);
  return lines.length === 0 ? {} : { "/etc/labwright/passwords": { text: lines.join(""), mode: 0o600 } };
}

export const withoutComment = (publicKey: string): string =>
  publicKey.trim().split(/\s+/).slice(0, 2).join(" ");

/** This computer's own name servers, as lines of resolv.conf(5): CoreDNS forwards to them. */
async function nameServers(): Promise<string[]> {
  const texts = await Promise.all(
    ["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].map((file) =>
      readFile(file, "utf8").catch(() => ""),
    ),
  );
  return [...new Set(texts.join("\n").match(/^nameserver (?!127\.|::1).+$/gm) ?? [])];
}
