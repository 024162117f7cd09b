import { exitCode, LabwrightError, messageOf } from "../errors.ts";
import type { Ending } from "./channel.ts";
import type { Access } from "./types.ts";

const endpoint = ({ user, host, port }: Access): string => `${user}@${host}:${port}`;

/** `why` is a part of a sentence: "connection refused". */
export const refused = (name: string, access: Access, why: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "ssh-refused",
    message: `${name}: could not connect to ${endpoint(access)}: ${why}`,
    remedy:
      "Check that the machine is running, that sshd runs on it, and that the address and port are right.",
    cause,
  });

export const timedOut = (name: string, access: Access, milliseconds: number): LabwrightError =>
  new LabwrightError({
    code: "ssh-timeout",
    message: `${name}: ${endpoint(access)} did not answer within ${milliseconds / 1000} s`,
    remedy: "Check that the machine is running and that no firewall drops the connection.",
  });

export const connectInterrupted = (name: string): LabwrightError =>
  new LabwrightError({
    code: "interrupted",
    message: `${name}: connecting was interrupted`,
    remedy: "Run the same command again.",
    exit: exitCode.interrupted,
  });

export const lost = (name: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "ssh-lost",
    message: `${name}: the connection was lost or closed`,
    remedy: "Check that the machine is running and reachable, then run the command again.",
    cause,
  });

const notLetIn = (name: string, access: Access, tried: string, error: unknown): LabwrightError =>
  new LabwrightError({
    code: "ssh-auth",
    message: `${name}: ${endpoint(access)} rejected the login with ${tried}: ${messageOf(error)}`,
    remedy: `Check that the user exists there and that the key or password is right.${notUsed(access)}`,
    cause: error,
  });

/** A key with a passphrase is a frequent reason, and no other message would name it. */
function notUsed({ privateKey, identities }: Access): string {
  const flawed = identities?.files.filter(({ flaw }) => flaw !== undefined) ?? [];
  if (privateKey !== undefined || flawed.length === 0) return "";
  const words = flawed.map(({ path, flaw }) => `${path} ${flaw}`);
  return ` Not used: ${words.join("; ")}. Add keys with a passphrase to an agent: \`ssh-add FILE\`.`;
}

/** How far a connection had come when it failed, and the error or message. */
export interface Failure {
  error: unknown;
  handshakeDone: boolean;
  /** What we offered: "a key", "the agent", "a password". */
  tried: string;
  banner: string;
}

/** Replaces an error of a socket or ssh2, before the connection was ready, by one of ours. */
export function connectFailure(name: string, access: Access, failure: Failure): LabwrightError {
  const { error, handshakeDone, tried, banner } = failure;
  const message = messageOf(error);
  const level = error instanceof Error && "level" in error ? error.level : undefined;
  // pam_nologin(8) sends users away while a machine boots: that is not a wrong password.
  if (/pam_nologin|booting up/i.test(banner)) return refused(name, access, banner.trim(), error);
  if (
    level === "client-authentication" ||
    /too many authentication failures|parse privateKey|privateKey value/i.test(message)
  )
    return notLetIn(name, access, tried, error);
  if (/no matching/i.test(message))
    return new LabwrightError({
      code: "ssh-protocol",
      message: `${name}: ${endpoint(access)} supports no common SSH algorithm: ${message}`,
      remedy: "Update the machine's sshd, or allow curve25519 or ECDH, AES and SHA-2 in its sshd_config.",
      cause: error,
    });
  return refused(name, access, handshakeDone ? `closed during login (${message})` : message, error);
}

/** Why a shell never started our program: almost always sudo, whose message says why. */
export function startFailure(name: string, access: Access, noise: string, ending: Ending): LabwrightError {
  const said = noise.trim().split("\n").filter(Boolean).slice(-3).join(" / ");
  const how = said || (ending.signal ?? `code ${ending.code}`);
  const asks = noise.split(sudoPrompt).length - 1;
  if (
    asks > 1 ||
    /incorrect password|no password was provided|a password is required|sorry, try again/i.test(noise)
  )
    return new LabwrightError({
      code: "sudo-password",
      message:
        access.sudo.kind === "password"
          ? `${name}: sudo rejected the password of ${access.user}`
          : `${name}: sudo asks for a password of ${access.user}, and none was given`,
      remedy: "Give the right sudo password of the user, or let the user run sudo without one.",
    });
  if (access.sudo.kind !== "none" && /sudo|not found/i.test(noise))
    return new LabwrightError({
      code: "sudo-refused",
      message: `${name}: ${access.user} cannot use sudo: ${how.replaceAll(sudoPrompt, "")}`,
      remedy: wantsTerminal(noise)
        ? "Install script(1) there, which gives sudo a terminal (Debian: bsdutils), or remove `requiretty` from /etc/sudoers."
        : "Install sudo on the machine and allow the user to run every command as root.",
    });
  return new LabwrightError({
    code: "shell-failed",
    message: `${name}: the login shell of ${access.user} did not run a command: ${how}`,
    remedy: "Check that the user may log in and has a working shell.",
  });
}

/** Whether sudo, or our own way through a terminal, complains that there is none: sudoers(5), requiretty. */
export const wantsTerminal = (noise: string): boolean => /must have a tty|wants a tty/i.test(noise);

/** The prompt that sudo shows, so that a repeated prompt is recognised in any language. */
export const sudoPrompt = "labwright-asks:";
