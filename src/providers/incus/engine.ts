import { join } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import { dataFolder } from "../../paths.ts";
import { pidOf, untilGone } from "../engine/daemon.ts";
import { Incus } from "./incus.ts";
import { hostIn, type Member, membersOf } from "./members.ts";

const factsSchema = z.object({
  environment: z.object({
    server_version: z.string(),
    /** The drivers for instances: `lxc`, `qemu`, or `lxc | qemu`. */
    driver: z.string(),
    firewall: z.string(),
    server_clustered: z.boolean(),
    os_name: z.string(),
    /** The architectures of instances; the server's own first, in uname(1)'s words. */
    architectures: z.array(z.string()).min(1),
  }),
});

export type Facts = z.output<typeof factsSchema>["environment"];

export interface Engine {
  incus: Incus;
  facts: Facts;
  /** Whether it is the daemon that we started ourselves. */
  own: boolean;
  /** The members that run machines: never empty. */
  members: Member[];
}

export const ownFolder = (): string => join(dataFolder(), "incus");
export const ownPidFile = (): string => join(ownFolder(), "labwright.pid");

/**
 * The server that answers: a remote if one is named; else this computer's own, else ours. Undefined if none
 * does. One that INCUS_DIR or INCUS_SOCKET names is never replaced by ours.
 */
export async function findIncus(remote?: string): Promise<Engine | undefined> {
  if (remote !== undefined) return askRemote(remote);
  const present = await ask(new Incus(localHost()), false);
  if (present || process.env.INCUS_DIR || process.env.INCUS_SOCKET) return present;
  return ask(new Incus(localHost(), { folder: ownFolder() }), true);
}

async function ask(incus: Incus, own: boolean, server?: string): Promise<Engine | undefined> {
  const answer = await incus.query("/1.0", factsSchema, { timeout: 15_000 }).catch(() => undefined);
  if (!answer) return undefined;
  const facts = answer.environment;
  return { incus, facts, own, members: await membersOf(incus, facts.server_clustered, server) };
}

const remotesSchema = z.record(z.string(), z.looseObject({ Addr: z.string() }));

async function askRemote(remote: string): Promise<Engine | undefined> {
  const incus = new Incus(localHost(), { remote });
  const remotes = remotesSchema.parse(JSON.parse(await incus.run(sh`remote list --format json`)));
  const address = remotes[remote]?.Addr ?? "";
  return ask(incus, false, address.startsWith("https:") ? hostIn(address) : undefined);
}

export async function requireIncus(remote?: string): Promise<Engine> {
  const engine = await findIncus(remote);
  if (engine) return engine;
  throw new LabwrightError({
    code: "engine-missing",
    message:
      remote === undefined
        ? "no Incus server is running on this computer"
        : `the Incus remote "${remote}" does not answer`,
    remedy:
      remote === undefined
        ? "Run `labwright doctor --fix --provider incus`, which installs and starts one; or start your own, then run the command again."
        : "Look for it in `incus remote list`; `incus remote add` adds a remote with its certificate.",
  });
}

/** Stops the daemon that we started, and the machines on it. Returns whether there was one. */
export async function stopOwnIncus(): Promise<boolean> {
  const pid = await pidOf("incusd", ownPidFile());
  if (pid === undefined) return false;
  await localHost().run(sh`
    INCUS_DIR=${ownFolder()} timeout 60 incus admin shutdown || kill ${pid}
    ${untilGone(pid, [ownFolder()])}
    rm -f ${ownPidFile()}`);
  return true;
}
