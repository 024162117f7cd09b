import { readFile } from "node:fs/promises";
import type { KeyPair } from "../../hosts/keys.ts";

/** Files of a machine by their absolute path. */
export type Files = Record<string, { text: string; mode: number }>;

export interface Identity {
  /** The login user to make; root needs no making. */
  user: string;
  /** The public keys that may log in, a line each. */
  authorizedKey: string;
  /** The host key that the machine shows. */
  hostKey: KeyPair;
  /** Whether it reaches this computer's own name servers. */
  resolves: boolean;
}

/** What a container is given before its first start: infra/node-image's labwright-init and sshd read it. */
export async function machineFiles({ user, authorizedKey, hostKey, resolves }: Identity): Promise<Files> {
  const servers = resolves ? await nameServers() : [];
  return {
    "/etc/ssh/ssh_host_ed25519_key": { text: hostKey.privateKey, mode: 0o600 },
    "/etc/ssh/ssh_host_ed25519_key.pub": { text: `${withoutComment(hostKey.publicKey)}\n`, mode: 0o644 },
    "/root/.ssh/authorized_keys": { text: `${authorizedKey}\n`, mode: 0o600 },
    "/etc/labwright/user": { text: user === "root" ? "" : `${user}\n`, mode: 0o644 },
    ...(servers.length > 0 && {
      "/etc/labwright/resolv.conf": { text: `${servers.join("\n")}\n`, mode: 0o644 },
    }),
  };
}

export const withoutComment = (publicKey: string): string =>
  publicKey.trim().split(/\s+/).slice(0, 2).join(" ");

/** This computer's own name servers, as lines of resolv.conf(5): what CoreDNS forwards to. */
async function nameServers(): Promise<string[]> {
  const texts = await Promise.all(
    ["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].map((file) =>
      readFile(file, "utf8").catch(() => ""),
    ),
  );
  return [...new Set(texts.join("\n").match(/^nameserver (?!127\.|::1).+$/gm) ?? [])];
}
