import type { Client } from "ssh2";
import type { Access } from "./types.ts";

interface Jump {
  client: Promise<Client>;
  users: number;
  stop: AbortController;
}

const jumps = new Map<string, Jump>();

/** A place on a connection to a jump host. */
export interface Held {
  client: Promise<Client>;
  /** Releases the place, once; after the last one the connection ends, also while it is still being opened. */
  release(): void;
}

/**
 * One connection to a jump host is enough for all machines behind it, each of which is a forwarding on it: sshd's
 * MaxSessions does not count those, and its MaxStartups sees a single login. `open` is called if there is none.
 */
export function holdJump(via: Access, open: (signal: AbortSignal) => Promise<Client>): Held {
  const key = JSON.stringify(via);
  const jump = jumps.get(key) ?? opened(key, open);
  jump.users++;
  let held = true;
  return {
    client: jump.client,
    release: () => {
      if (!held) return;
      held = false;
      jump.users--;
      if (jump.users > 0) return;
      forget(key, jump);
      jump.stop.abort();
      jump.client.then(
        (client) => client.end(),
        () => {},
      );
    },
  };
}

function opened(key: string, open: (signal: AbortSignal) => Promise<Client>): Jump {
  const stop = new AbortController();
  const jump = { client: open(stop.signal), users: 0, stop };
  jumps.set(key, jump);
  jump.client.then(
    (client) => {
      // Each machine behind it listens for its end.
      client.setMaxListeners(0);
      client.once("close", () => forget(key, jump));
    },
    () => forget(key, jump),
  );
  return jump;
}

function forget(key: string, jump: Jump): void {
  if (jumps.get(key) === jump) jumps.delete(key);
}
