import { writeMark } from "../../src/providers/ssh/mark.ts";
import { type Agent, sshAgent } from "../support/agent.ts";
import { type PlainMachine, plainSite } from "../support/plain-machine.ts";
import type { Candidate } from "./providers-candidate.ts";

const site = await plainSite({ word: "contract" });
let agent: Agent | undefined;
let labs = 0;
/** Every host that was made for a lab of the suite. */
const hosts: PlainMachine[] = [];
const theirs = { lab: "somebody", owner: "else@elsewhere", machine: "cp", since: "2026-01-01T00:00:00.000Z" };

const marks = async (lab: string): Promise<PlainMachine[]> => {
  const texts = await Promise.all(
    hosts.map((host) => host.inside("cat /etc/labwright/host.json 2>/dev/null; true")),
  );
  return hosts.filter((_, index) => texts[index]?.includes(`"lab":"${lab}"`));
};

export const sshCandidate: Candidate = {
  name: "ssh",
  unavailable: site
    ? false
    : "no Docker engine, whose containers would be the hosts, can be reached from here",
  cannot: {
    again: "a host is started by its owner",
    paused: "a host is paused by its owner",
    unstartable: "a host is started by its owner",
    remove: "a host is not created again",
    killed: "a host is taken by one write",
    killedAway: "a host is taken by one write",
    cut: "there is no place between the hosts and us",
  },

  async settings(machines) {
    if (!site) throw new Error("no site");
    if (!agent) {
      agent = await sshAgent(site.key.privateKey);
      process.env.SSH_AUTH_SOCK = agent.socket;
    }
    labs += 1;
    const made = new Map<string, PlainMachine>();
    for (const name of machines) {
      const user = name === "jump_host" ? "thor" : "tony";
      const host = await site.start({ name: `lab${labs}-${name}`, hostname: name, user });
      made.set(name, host);
      hosts.push(host);
    }
    return { host: (machine) => made.get(machine)?.address ?? "" };
  },

  /** Everything on a host that decides who gets in, and that says whose it is. */
  state: () =>
    Promise.all(
      hosts.map((host) =>
        host.inside(
          "find /etc /root /home /usr/local /opt -type f -not -name '*.pid' -exec sha256sum {} + | sort -k 2",
        ),
      ),
    ),

  things: async (lab) => (await marks(lab)).map(({ container }) => container),

  async stop() {
    throw new Error("the suite stops no host");
  },

  occupy: {
    mark: async ({ machines: [machine] }) => {
      const host = hosts.find(({ address }) => address === machine?.host);
      if (!host) throw new Error("no host");
      await host.inside(writeMark(theirs).reveal());
      return {
        isThere: async () => (await marks(theirs.lab)).includes(host),
        remove: async () => {
          await host.inside("rm -r /etc/labwright");
        },
      };
    },
  },

  async close() {
    await agent?.close();
    await site?.close();
  },
};
