import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2 from "ssh2";
import { LabwrightError } from "../errors.ts";
import type { Channel, Ending } from "./channel.ts";
import type { Place } from "./execute.ts";
import { hostKeyMismatch, type KnownKeys, knownKeys } from "./host-keys.ts";
import { Limit } from "./limit.ts";
import { bootstrap } from "./program.ts";
import { shellHost } from "./shell-host.ts";
import type { Access, Host } from "./types.ts";

export interface ConnectOptions {
  signal?: AbortSignal;
  /** Milliseconds for the whole of connecting and logging in. Default: 15 s, so that a black hole is found. */
  timeout?: number;
}

/** sshd drops connections at random from the tenth unfinished handshake on (MaxStartups 10:30:100, sshd_config(5)). */
const handshakes = new Map<string, Limit>();
/** sshd's default for MaxSessions is 10; one is left for a person's terminal. */
const sessionsPerConnection = 8;

const handshakesOf = ({ host, port }: Access): Limit => {
  const endpoint = `${host}:${port}`;
  const limit = handshakes.get(endpoint) ?? new Limit(8);
  handshakes.set(endpoint, limit);
  return limit;
};

/**
 * A machine reached by SSH, over one connection. Throws `ssh-refused`, `ssh-timeout`, `ssh-auth` or `host-key-changed`;
 * a host key that is not the expected one is refused before anything of us is shown to it.
 */
export async function connect(name: string, access: Access, options: ConnectOptions = {}): Promise<Host> {
  const client = await openClient(name, access, options);
  const sessions = new Limit(sessionsPerConnection);
  const place: Place = {
    name,
    open: (signal) => openChannel(client, { name, access, sessions }, signal),
    explainStart: (noise) => sudoRefused(name, noise),
  };
  const close = async () => void client.end();
  return shellHost({ place, defaultOwner: "root:root", close });
}

/** Connects to a machine that may still be starting: refused and broken connections are tried again, nothing else. */
export async function connectWhenUp(
  name: string,
  access: Access,
  { seconds, note, ...options }: ConnectOptions & { seconds: number; note?: (text: string) => void },
): Promise<Host> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await connect(name, access, options);
    } catch (error) {
      const passing = error instanceof LabwrightError && ["ssh-refused", "ssh-timeout"].includes(error.code);
      if (!passing || Date.now() > deadline || options.signal?.aborted) throw error;
      note?.(`waiting for sshd on ${name}`);
      await sleep(100);
    }
  }
}

/** A logged-in connection, for what a `Host` does not do: terminals. */
export async function openClient(name: string, access: Access, options: ConnectOptions = {}): Promise<ssh2.Client> {
  const { signal, timeout = 15_000 } = options;
  const known = await knownKeys(access);
  const release = await handshakesOf(access).acquire(signal);
  try {
    return await handshake(name, access, known, timeout);
  } finally {
    release();
  }
}

async function handshake(name: string, access: Access, known: KnownKeys, timeout: number): Promise<ssh2.Client> {
  const sock = socketTo(access);
  const client = new ssh2.Client();
  const ready = Promise.withResolvers<void>();
  let seen: Buffer | undefined;
  client.on("ready", ready.resolve).on("error", ready.reject);
  client.on("close", () => ready.reject(new Error("the server closed the connection")));
  client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
    answer(prompts.map(() => access.password ?? "")),
  );
  client.connect({
    sock,
    username: access.user,
    readyTimeout: timeout,
    keepaliveInterval: 15_000,
    hostVerifier: (key: Buffer) => {
      seen = key;
      return known.accepts(key);
    },
    algorithms: { kex: exchanges, serverHostKey: known.algorithms },
    ...credentials(access),
  });
  try {
    await ready.promise;
  } catch (error) {
    client.destroy();
    sock.destroy();
    if (seen && !known.accepts(seen)) throw hostKeyMismatch(name, seen, known);
    throw explained(name, access, error);
  }
  client.on("error", () => client.destroy());
  if (seen) await known.pin(seen);
  return client;
}

/** Elliptic curves only: the group exchange of classic Diffie-Hellman costs a round trip and tens of milliseconds. */
const exchanges: ssh2.KexAlgorithm[] = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "ecdh-sha2-nistp521",
];

/** Without Nagle's algorithm, which holds small packets back while an answer is awaited. */
function socketTo({ host, port }: Access): Socket {
  const sock = connectTcp({ host, port });
  sock.setNoDelay(true);
  return sock;
}

function credentials({ privateKey, password }: Access): ssh2.ConnectConfig {
  const agent = process.env.SSH_AUTH_SOCK;
  return {
    ...(privateKey === undefined ? (agent ? { agent } : {}) : { privateKey }),
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
  };
}

interface Session {
  name: string;
  access: Access;
  sessions: Limit;
}

async function openChannel(client: ssh2.Client, session: Session, signal?: AbortSignal): Promise<Channel> {
  const release = await session.sessions.acquire(signal);
  try {
    const channel = await started(client, session);
    channel.ended.then(release);
    return channel;
  } catch (error) {
    release();
    // A server with a smaller MaxSessions refuses a further channel: from now on we open no more than it took.
    if (session.sessions.held > 0 && /open failure|open failed/i.test(String(error))) {
      session.sessions.lower(session.sessions.held);
      return openChannel(client, session, signal);
    }
    throw error instanceof LabwrightError ? error : lost(session.name, error);
  }
}

function started(client: ssh2.Client, { access }: Session): Promise<Channel> {
  const { sudo } = access;
  const line = `sh -c '${bootstrap}'`;
  const asRoot = { none: line, passwordless: `sudo -n ${line}`, password: `sudo -S -p '' ${line}` }[sudo.kind];
  const { promise, resolve, reject } = Promise.withResolvers<Channel>();
  const closed = () => reject(new Error("the connection is closed"));
  client.once("close", closed);
  promise.catch(() => {}).finally(() => client.off("close", closed));
  try {
    client.exec(asRoot, (error, stream) => {
      if (error) return reject(error);
      const ended = Promise.withResolvers<Ending>();
      let ending: Ending = {};
      stream.on("exit", (code: number | null, name?: string) => {
        ending = code === null ? { signal: name ?? "KILL" } : { code };
      });
      stream.on("close", () => ended.resolve(ending));
      stream.on("error", () => {});
      if (sudo.kind === "password") stream.write(`${sudo.password}\n`);
      const close = () => stream.destroy();
      resolve({ stdin: stream, stdout: stream, stderr: stream.stderr, ended: ended.promise, close });
    });
  } catch (error) {
    reject(error);
  }
  return promise;
}

function explained(name: string, { host, port, user }: Access, cause: unknown): LabwrightError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const place = `${name} (${user}@${host}:${port})`;
  const make = (code: string, message: string, remedy: string) => new LabwrightError({ code, message, remedy, cause });
  if (/authentication methods failed/i.test(text))
    return make("ssh-auth", `${place} accepted neither our key nor our password`, "See that this user may log in with the key or password of the lab.");
  if (/timed out/i.test(text))
    return make("ssh-timeout", `${place} did not answer in time`, "See that the machine is up and that no firewall drops the connection.");
  return make("ssh-refused", `${place} cannot be reached: ${text}`, "See that the machine is up and that sshd listens on this port.");
}

const lost = (name: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "ssh-lost",
    message: `${name}: the connection was lost`,
    remedy: "See that the machine is up and reachable, then run again.",
    cause,
  });

const sudoRefused = (name: string, noise: string): LabwrightError =>
  new LabwrightError({
    code: "sudo-password",
    message: `${name}: sudo did not make us root`,
    remedy: "Check the sudo password, and that the user is in sudoers.",
    output: noise,
  });
