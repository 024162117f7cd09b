import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { LabwrightError } from "../errors.ts";
import type { Access } from "./types.ts";

/** What is known of a machine's host keys before it is connected to. */
export interface KnownKeys {
  /** Fingerprints of the keys that it may show; none: any key, seen for the first time. */
  fingerprints: string[];
  algorithms: ServerHostKeyAlgorithm[];
  accepts(key: Buffer): boolean;
  /** Keeps a key that was seen for the first time, where the access names a file for it. */
  pin(key: Buffer): Promise<void>;
}

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** known_hosts has ports other than 22 in brackets: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
const placeOf = ({ host, port }: Access): string => (port === 22 ? host : `[${host}]:${port}`);

const every: ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** Reads `hostKeys` and the `knownHosts` file of an access. */
export async function knownKeys(access: Access): Promise<KnownKeys> {
  const lines = access.hostKeys ?? (await pinned(access));
  const keys = lines.map((line) => line.trim().split(/\s+/)).map(([type = "", key = ""]) => ({ type, key: Buffer.from(key, "base64") }));
  const types = keys.flatMap(({ type }) => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]));
  return {
    fingerprints: keys.map(({ key }) => fingerprint(key)),
    algorithms: keys.length === 0 ? every : every.filter((name) => types.includes(name)),
    accepts: (seen) => keys.length === 0 || keys.some(({ key }) => key.equals(seen)),
    async pin(seen) {
      if (keys.length > 0 || access.knownHosts === undefined) return;
      const type = seen.subarray(4, 4 + seen.readUInt32BE(0)).toString("latin1");
      await mkdir(dirname(access.knownHosts), { recursive: true, mode: 0o700 });
      // One short append is one write: whole lines of several processes cannot mix.
      await appendFile(access.knownHosts, `${placeOf(access)} ${type} ${seen.toString("base64")}\n`, { mode: 0o600 });
    },
  };
}

async function pinned(access: Access): Promise<string[]> {
  if (access.knownHosts === undefined) return [];
  const text = await readFile(access.knownHosts, "utf8").catch(() => "");
  const place = placeOf(access);
  return text.split("\n").flatMap((line) => {
    const [places = "", ...key] = line.split(" ");
    return places.split(",").includes(place) ? [key.join(" ")] : [];
  });
}

/** The error for a machine that shows another key than the one known of it. */
export const hostKeyMismatch = (name: string, seen: Buffer, { fingerprints }: KnownKeys): LabwrightError =>
  new LabwrightError({
    code: "host-key-changed",
    message: `${name} shows the host key ${fingerprint(seen)}, but ${fingerprints.join(" or ")} is known of it; nothing was sent to it`,
    remedy: "If the machine was made anew on purpose, remove its line from the lab's known_hosts; if not, find out who answers there.",
  });
