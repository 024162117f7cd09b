import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { localHost } from "../../src/hosts/local.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import type { Lab } from "../../src/lab/types.ts";
import { findIncus, ownFolder } from "../../src/providers/incus/engine.ts";
import type { Candidate, Occupant } from "./providers-candidate.ts";
import { socketLine } from "./providers-line.ts";

/** A remote that leads to this computer's own server puts the way through a remote to the same proof. */
const remote = process.env.LABWRIGHT_TEST_INCUS_REMOTE;
const engine = await findIncus();
const folder = engine?.own ? ownFolder() : (process.env.INCUS_DIR ?? "/var/lib/incus");
const socket = process.env.INCUS_SOCKET ?? join(folder, "unix.socket");

/** Runs `incus <command>` where it goes on when the line is cut, and returns what it prints. */
type RunIncus = (command: Command) => Promise<string>;

/** Incus lists users of a thing in no certain order. */
const users = z.array(z.string()).transform((paths) => paths.toSorted());
const thing = z.looseObject({
  name: z.string(),
  project: z.string().optional(),
  used_by: users.optional(),
});

interface IncusPlace extends Pick<Candidate, "state" | "things" | "stop"> {
  pause: NonNullable<Candidate["pause"]>;
  block: NonNullable<Candidate["block"]>;
  occupy: Record<"project", (lab: Lab) => Promise<Occupant>>;
}

/** What a server has of a lab, and what may be done to it there. */
export function incusPlace(incus: RunIncus): IncusPlace {
  /** What the server has at a path, with all that it says of it. */
  const list = async (path: string): Promise<z.output<typeof thing>[]> =>
    z.array(thing).parse(JSON.parse((await incus(sh`query ${`local:${path}`}`)) || "[]"));

  /** A thing of a kind, whose list is at `path`, that carries the name and none of our labels. */
  const occupant = (kind: "project" | "network", path: string, name: string): Occupant => ({
    isThere: async () => (await list(`${path}?recursion=1`)).some((one) => one.name === name),
    remove: async () => {
      await incus(sh`${kind} delete ${`local:${name}`}`);
    },
  });

  /** The project's flag, and the instance's name, as `incus` has them. */
  async function instanceOf({ name }: Lab, machine: string): Promise<string[]> {
    const project = `labwright-${name}`;
    const instances = await list(`/1.0/instances?recursion=1&project=${project}`);
    const [instance] = instances.filter((one) => JSON.stringify(one).includes(`lxc.uts.name=${machine}\\n`));
    return ["--project", project, `local:${instance?.name}`];
  }

  const state = async (lab: string): Promise<z.output<typeof thing>[]> => {
    const paths = ["projects?recursion=1", "networks?recursion=1", "instances?recursion=1&all-projects=true"];
    const things = (await Promise.all(paths.map((path) => list(`/1.0/${path}`)))).flat();
    // A network's name is a hash where the lab's is long: what else it says of itself names the lab.
    const mentions = new RegExp(`${lab}(?![a-z0-9-])`);
    return things.filter((one) => mentions.test(JSON.stringify(one)));
  };

  return {
    state,
    things: async (lab) => (await state(lab)).map(({ name }) => name),

    async stop(lab, machine) {
      await incus(sh`stop --force ${await instanceOf(lab, machine)}`);
    },

    async pause(lab, machine) {
      await incus(sh`pause ${await instanceOf(lab, machine)}`);
    },

    /** What it needs from the server's disk and is not there keeps it from starting. */
    async block(lab, machine) {
      const instance = await instanceOf(lab, machine);
      await incus(sh`stop --force ${instance}`);
      const folder = await mkdtemp(join(tmpdir(), "labwright-block-"));
      await incus(sh`config device add ${instance} block disk ${`source=${folder}`} path=/mnt/block`);
      await rm(folder, { recursive: true });
      return {
        says: /block/,
        unblock: async () => void (await incus(sh`config device remove ${instance} block`)),
      };
    },

    occupy: {
      project: async ({ name }) => {
        await incus(sh`project create ${`local:labwright-${name}`}`);
        return occupant("project", "/1.0/projects", `labwright-${name}`);
      },
    },
  };
}

export const incusCandidate = {
  name: "incus",
  keepsHostKeys: true,
  unavailable: engine
    ? false
    : "no Incus server answers on this host (`labwright doctor --fix --provider incus`)",

  settings: async () => ({ text: remote === undefined ? "" : `incus: { remote: ${remote} }` }),
  cannot: remote === undefined ? {} : { cut: "the line that is cut leads to a socket, not to a remote" },

  ...incusPlace(async (command) =>
    (await localHost().run(sh`INCUS_SOCKET=${socket} incus ${command}`)).stdout.trim(),
  ),

  elsewhere: remote === undefined ? { INCUS_SOCKET: socket } : {},
  line: () => socketLine(socket, "INCUS_SOCKET", (path) => path),
} satisfies Candidate;
