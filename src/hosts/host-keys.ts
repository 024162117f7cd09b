import { createHash, createHmac } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { isCode, LabwrightError } from "../errors.ts";
import type { Access } from "./types.ts";

export interface HostKey {
  /** `ssh-ed25519` and the like. */
  type: string;
  /** The key in base64, as in known_hosts. */
  base64: string;
}

/** Whether to accept a key that a machine shows. */
export interface HostKeyPolicy {
  /** The algorithms to ask for; first those of known keys. */
  algorithms: ServerHostKeyAlgorithm[];
  /** Returns the reason to refuse a key, in SSH wire format; pins it if it is the first one seen. */
  refusal(key: Buffer): LabwrightError | undefined;
}

/** The known_hosts name of an endpoint: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host : `[${host}]:${port}`;

/** As OpenSSH shows it: `SHA256:` and base64 without padding. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** The keys that a known_hosts file has for an endpoint; hashed names are understood, patterns and markers left out. */
export function parseKnownHosts(text: string, host: string, port: number): HostKey[] {
  const wanted = knownHostsName(host, port);
  return text.split("\n").flatMap((line) => {
    const [names = "", type, base64] = line.trim().split(/\s+/);
    if (!type || !base64 || names.startsWith("#") || names.startsWith("@")) return [];
    return names.split(",").some((name) => name === wanted || isHashOf(name, wanted))
      ? [{ type, base64 }]
      : [];
  });
}

function isHashOf(name: string, wanted: string): boolean {
  const [empty, version, salt, hash] = name.split("|");
  if (empty !== "" || version !== "1" || !salt || !hash) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(wanted).digest("base64") === hash;
}

/** The keys that are pinned for an endpoint, as lines: `ssh-ed25519 AAAA…`. */
export const pinnedKeys = (file: string, host: string, port: number): string[] =>
  parseKnownHosts(pinsIn(file), host, port).map(({ type, base64 }) => `${type} ${base64}`);

/** Lines that this process has yet to write: known_hosts file → lines. */
const unwritten = new Map<string, string[]>();

const pinsIn = (file: string | undefined): string =>
  [readText(file), ...(file === undefined ? [] : (unwritten.get(file) ?? []))].join("\n");

/** Writes the keys that were seen with `pinLater` into their known_hosts file. */
export function writePins(file: string): void {
  for (const line of unwritten.get(file) ?? []) pin(file, line);
  unwritten.delete(file);
}

/** The keys of lines such as `ssh-ed25519 AAAA… comment`. */
export const parseKeyLines = (lines: readonly string[]): HostKey[] =>
  lines.flatMap((line) => {
    const [type, base64] = line.trim().split(/\s+/);
    return type && base64 ? [{ type, base64 }] : [];
  });

const algorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** A server with several keys must show the one we know, so its type is asked for first: RFC 4253, 7.1; RFC 8332. */
export function preferred(known: readonly HostKey[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) =>
    known.some(({ type }) => type === algorithm || (type === "ssh-rsa" && algorithm.startsWith("rsa-")));
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))];
}

/**
 * The policy for one machine: keys known beforehand are the only ones; else those in the `knownHosts` file; and
 * if that has none, the first key seen is pinned there (file 0600, folder 0700).
 */
export function hostKeyPolicy(name: string, access: Access): HostKeyPolicy {
  const { host, port, hostKeys, knownHosts, pinLater } = access;
  const given = hostKeys && parseKeyLines(hostKeys);
  const pinned = () => parseKnownHosts(pinsIn(knownHosts), host, port);
  return {
    algorithms: preferred(given ?? pinned()),
    refusal: (key) => {
      // Read again, and written immediately: another connection may have pinned a key meanwhile.
      const known = given ?? pinned();
      const base64 = key.toString("base64");
      if (known.some((one) => one.base64 === base64)) return undefined;
      if (given || known.length > 0) return keyChanged(name, access, key, known);
      if (knownHosts === undefined) return keyUnknown(name, key);
      const line = `${knownHostsName(host, port)} ${keyType(key)} ${base64}`;
      if (pinLater) unwritten.set(knownHosts, [...(unwritten.get(knownHosts) ?? []), line]);
      else pin(knownHosts, line);
      return undefined;
    },
  };
}

/** An SSH public key begins with its type as a length-prefixed string: RFC 4253, 6.6. */
const keyType = (key: Buffer): string => key.toString("latin1", 4, 4 + key.readUInt32BE(0));

function readText(file: string | undefined): string {
  if (file === undefined) return "";
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return "";
    throw error;
  }
}

function pin(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = readText(file);
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(file, `${separator}${line}\n`, { mode: 0o600 });
}

function keyChanged(name: string, access: Access, key: Buffer, known: readonly HostKey[]): LabwrightError {
  const expected = known.map(({ base64 }) => fingerprint(Buffer.from(base64, "base64"))).join(" or ");
  return new LabwrightError({
    code: "host-key-changed",
    message: `${name}: ${access.host}:${access.port} presented the host key ${fingerprint(key)}, but ${expected} was expected`,
    remedy: access.hostKeys
      ? "Check which machine answers at that address before you continue: it is another machine, or somebody intercepts the connection."
      : `Check which machine answers there: it is another machine, or somebody intercepts the connection. If the machine was created again, run \`ssh-keygen -f ${access.knownHosts} -R '${knownHostsName(access.host, access.port)}'\`.`,
  });
}

const keyUnknown = (name: string, key: Buffer): LabwrightError =>
  new LabwrightError({
    code: "host-key-unknown",
    message: `${name}: the host key ${fingerprint(key)} is not known, and there is no file to pin it in`,
    remedy: "Set the machine's host keys, or a known_hosts file.",
  });
