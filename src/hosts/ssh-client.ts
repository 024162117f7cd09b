import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { LabwrightError } from "../errors.ts";
import { hostKeyPolicy } from "./host-keys.ts";
import { holdJump } from "./jumps.ts";
import { Limit } from "./limit.ts";
import { loginOf } from "./login.ts";
import { connectFailure, connectInterrupted, type Failure, lost, refused, timedOut } from "./ssh-errors.ts";
import type { Access } from "./types.ts";

export interface ConnectOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds until labwright stops waiting for a machine that does not answer. Default: 15 s. */
  connectTimeout?: number | undefined;
  /** Milliseconds until a connection whose other end is silent counts as lost. Default: 40 s. */
  silence?: number | undefined;
}

const defaultConnectTimeout = 15_000;
const defaultSilence = 40_000;
/** Questions that the other end may leave unanswered. */
const unanswered = 3;
const handshakesAtOnce = 8;
const handshakes = new Map<string, Limit>();

/** sshd drops connections at random from its MaxStartups (10) unauthenticated ones on: sshd_config(5). */
function handshakeLimit({ host, port }: Access): Limit {
  const endpoint = `${host}:${port}`;
  const limit = handshakes.get(endpoint) ?? new Limit(handshakesAtOnce);
  handshakes.set(endpoint, limit);
  return limit;
}

/**
 * Connects and logs in. `name` is the machine's, for errors, which are `ssh-refused`, `ssh-timeout`, `ssh-auth`,
 * `ssh-protocol`, `host-key-changed`, `host-key-unknown` or `interrupted`.
 */
export async function openClient(
  name: string,
  access: Access,
  options: ConnectOptions = {},
): Promise<Client> {
  const { signal, connectTimeout = defaultConnectTimeout } = options;
  const interrupted = (thrown: unknown) => (signal?.aborted ? connectInterrupted(name) : thrown);
  const release = await handshakeLimit(access)
    .acquire(signal)
    .catch((error: unknown) => Promise.reject(interrupted(error)));
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(timedOut(name, access, connectTimeout)), connectTimeout);
  const stop = AbortSignal.any([timer.signal, ...(signal ? [signal] : [])]);
  try {
    const socket = await openSocket(name, access, options, stop);
    return await handshake(name, access, socket, stop, options.silence ?? defaultSilence);
  } catch (error) {
    throw interrupted(timer.signal.aborted ? timer.signal.reason : error);
  } finally {
    clearTimeout(timeout);
    release();
  }
}

/** A stream to the machine's sshd: our own socket, or a channel through the machine that we jump through. */
async function openSocket(
  name: string,
  access: Access,
  options: ConnectOptions,
  stop: AbortSignal,
): Promise<Duplex> {
  const { via } = access;
  if (!via) return openTcp(name, access, stop);
  const jump = holdJump(via, (signal) =>
    openClient(`${via.host} (on the way to ${name})`, via, { ...options, signal }),
  );
  try {
    const opening = forwarding(name, access, await unlessStopped(jump.client, stop));
    opening.then((stream) => (stop.aborted ? stream.destroy() : undefined)).catch(() => {});
    const stream = await unlessStopped(opening, stop);
    stream.once("close", jump.release);
    return stream;
  } catch (error) {
    jump.release();
    throw error;
  }
}

/** A stream through a jump host to the machine's sshd. */
function forwarding(name: string, access: Access, jump: Client): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const closed = () =>
      reject(refused(name, access, `${access.via?.host} closed the connection on the way`));
    jump.once("close", closed);
    jump.forwardOut("127.0.0.1", 0, access.host, access.port, (error, stream) => {
      jump.off("close", closed);
      if (error) reject(refused(name, access, `${access.via?.host} says: ${error.message}`, error));
      else resolve(stream);
    });
  });
}

/** What is shared with others continues when we stop waiting for it. */
function unlessStopped<T>(shared: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(stop.reason);
    if (stop.aborted) return stopped();
    stop.addEventListener("abort", stopped, { once: true });
    shared.then(resolve, reject).finally(() => stop.removeEventListener("abort", stopped));
  });
}

async function openTcp(name: string, access: Access, stop: AbortSignal): Promise<Socket> {
  const socket = connect({ host: access.host, port: access.port, noDelay: true });
  try {
    await once(socket, "connect", { signal: stop });
    return socket;
  } catch (error) {
    socket.destroy();
    throw connectFailure(name, access, { error, handshakeDone: false, tried: "", banner: "" });
  }
}

function handshake(
  name: string,
  access: Access,
  socket: Duplex,
  stop: AbortSignal,
  silence: number,
): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise<Client>((resolve, reject) => {
    const policy = hostKeyPolicy(name, access);
    const login = loginOf(access);
    let refusal: LabwrightError | undefined;
    const seen: Omit<Failure, "error"> = { handshakeDone: false, tried: login.tried, banner: "" };

    const fail = (error: unknown) => {
      stop.removeEventListener("abort", stopped);
      client.destroy();
      socket.destroy();
      const known = refusal ?? (error instanceof LabwrightError ? error : undefined);
      reject(known ?? connectFailure(name, access, { ...seen, error }));
    };
    const stopped = () => fail(lost(name, stop.reason));
    stop.addEventListener("abort", stopped, { once: true });
    client.once("ready", () => {
      stop.removeEventListener("abort", stopped);
      resolve(client);
    });
    client.once("handshake", () => {
      seen.handshakeDone = true;
    });
    client.on("banner", (message) => {
      seen.banner += message;
    });
    // An agent that fails does not end the login: ssh2 continues with the next method.
    client.on("error", (error) => (error.level === "agent" ? undefined : fail(error)));
    client.once("close", () => fail(new Error("the connection was closed")));
    const config: ConnectConfig = {
      ...transport,
      username: access.user,
      authHandler: login.methods,
      sock: socket,
      keepaliveInterval: silence / (unanswered + 1),
      algorithms: { ...transport.algorithms, serverHostKey: policy.algorithms },
      hostVerifier: (key: Buffer): boolean => {
        refusal = policy.refusal(key);
        return refusal === undefined;
      },
    };
    try {
      client.connect(config);
    } catch (error) {
      fail(error);
    }
  });
}

const transport: ConnectConfig = {
  readyTimeout: 0,
  keepaliveCountMax: unanswered,
  algorithms: {
    // No group exchange: its server makes us wait for a group and lets us compute with up to 8192 bits.
    kex: [
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
      "ecdh-sha2-nistp256",
      "ecdh-sha2-nistp384",
      "ecdh-sha2-nistp521",
      "diffie-hellman-group14-sha256",
      "diffie-hellman-group16-sha512",
    ],
  },
};
