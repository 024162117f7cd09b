import { z } from "zod";
import { pinnedKeys } from "../../hosts/host-keys.ts";
import type { Access, Identities } from "../../hosts/types.ts";
import { isThere } from "../../is-there.ts";
import { identityFile } from "./identities.ts";

/** How to reach a host, in a form to store: with the names of key files, and without a key or a password. */
export interface Way {
  host: string;
  port: number;
  user: string;
  sudo: Access["sudo"]["kind"];
  /** Its pinned host keys. */
  hostKeys: string[];
  agent?: string | undefined;
  /** Whether the agent offers the keys of `keys` alone. */
  only: boolean;
  /** Paths of key files. */
  keys: string[];
  via?: Way | undefined;
}

export const waySchema: z.ZodType<Way> = z.object({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  sudo: z.enum(["none", "passwordless", "password"]),
  hostKeys: z.array(z.string()),
  agent: z.string().optional(),
  only: z.boolean(),
  keys: z.array(z.string()),
  get via() {
    return waySchema.optional();
  },
});

/** The way of an access whose host keys are pinned by now. */
export function wayOf({ host, port, user, sudo, identities, knownHosts, via }: Access): Way {
  return {
    ...{ host, port, user, sudo: sudo.kind },
    hostKeys: knownHosts === undefined ? [] : pinnedKeys(knownHosts, host, port),
    ...(identities?.agent !== undefined && { agent: identities.agent }),
    only: identities?.only ?? false,
    keys: (identities?.files ?? []).map(({ path }) => path),
    ...(via && { via: wayOf(via) }),
  };
}

/** The access of a stored way; `password` is for sudo at its end. */
export async function accessBy(way: Way, knownHosts: string, password = ""): Promise<Access> {
  const { host, port, user, sudo, hostKeys, via } = way;
  return {
    ...{ host, port, user, knownHosts, pinLater: true, identities: await identitiesBy(way) },
    ...(hostKeys.length > 0 && { hostKeys }),
    sudo: sudo === "password" ? { kind: sudo, password } : { kind: sudo },
    ...(via && { via: await accessBy(via, knownHosts) }),
  };
}

/** An agent's socket has another name in each session. */
async function identitiesBy({ agent, only, keys }: Way): Promise<Identities> {
  const socket = agent !== undefined && (await isThere(agent)) ? agent : process.env.SSH_AUTH_SOCK;
  return {
    ...(agent !== undefined && socket && { agent: socket }),
    only,
    files: await Promise.all(keys.map(identityFile)),
  };
}
