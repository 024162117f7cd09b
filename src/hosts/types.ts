import type { Command } from "./sh.ts";

/** The result of a command. `code` is its exit status; a command ended by a signal has 128 + its number. */
export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Milliseconds without output and input until the command is ended and an error thrown. Default: 10 minutes. */
  silence?: number;
  /** Milliseconds until the command is ended although it still produces output. Default: 2 hours. */
  timeout?: number;
  /** Exit codes that are not errors. Default: only 0. `"any"` never throws for a code. */
  accept?: readonly number[] | "any";
  signal?: AbortSignal;
  /** Called with each whole line of standard output or standard error as it comes. */
  onLine?: (line: string) => void;
}

export interface RemoteFile {
  path: string;
  /** Text, bytes, or the path of a local file whose content is sent, and which keeps the time of its last change. */
  content: string | Uint8Array | { localFile: string };
  /** `root:root` when absent. */
  owner?: string;
  /** Octal, as chmod takes it: 0o644 when absent. */
  mode?: number;
}

/**
 * A machine that commands run on, always as root (through sudo if the login user is not root).
 * Errors are LabwrightErrors whose message names the host.
 */
export interface Host {
  readonly name: string;
  /** Round trips so far: one for each command run and for each file sent. */
  readonly roundTrips: number;
  /** Runs a command in a POSIX sh. Throws if its exit code is not accepted. */
  run(command: Command, options?: RunOptions): Promise<Output>;
  /** Writes a whole file atomically, with owner and mode set before it appears under its name; creates its folder. */
  write(file: RemoteFile): Promise<void>;
  close(): Promise<void>;
}

/** How we reach a machine. Other machines reach it at its address, which is a different thing. */
export interface Access {
  host: string;
  port: number;
  user: string;
  /** OpenSSH private key text; absent: `identities`, then password. */
  privateKey?: string;
  /** The person's own ways to log in; absent: the agent that SSH_AUTH_SOCK names. */
  identities?: Identities;
  password?: string;
  /** `ssh-ed25519 AAAA…` lines known beforehand; absent: pinned at first sight in `knownHosts`. */
  hostKeys?: readonly string[];
  /** The file in which keys seen for the first time are pinned. */
  knownHosts?: string;
  /** They are kept in memory until `writePins` writes them, so that observing a host writes nothing. */
  pinLater?: true;
  sudo: { kind: "none" } | { kind: "passwordless" } | { kind: "password"; password: string };
  /** The access of the machine that we jump through. */
  via?: Access;
}

/** A person's logins, as their OpenSSH client would use them. */
export interface Identities {
  /** The socket of the agent; absent: no agent. */
  agent?: string;
  /** Whether the agent offers the keys of `files` alone: ssh_config(5), IdentitiesOnly. */
  only: boolean;
  /** In the order in which they are tried. */
  files: readonly IdentityFile[];
}

export interface IdentityFile {
  path: string;
  /** `ssh-ed25519 AAAA…`; absent if unknown. */
  publicKey?: string;
  /** The file's text; absent if it cannot be used, and only the agent may have the key. */
  privateKey?: string;
  /** Why it cannot be used: a part of a sentence. */
  flaw?: string;
}
