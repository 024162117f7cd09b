import { hasProgram } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import type { ProviderName } from "../../src/lab/available.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { findIncus } from "../../src/providers/incus/engine.ts";
import { sudoPasswordVariable } from "../../src/providers/ssh/sudo-passwords.ts";
import { containerComputers } from "../cloud/containers.ts";
import { startCloud } from "../cloud/service.ts";
import { incusCandidate } from "../contract/providers-incus-candidate.ts";
import { sshAgent } from "../support/agent.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import { type PlainMachine, type PlainSpec, plainSite } from "../support/plain-machine.ts";
import { type JumpMachines, leftoversOf } from "./support.ts";

/** What one provider needs so that the one lab can be built with it: all that may differ between them. */
export interface Place extends Pick<JumpMachines, "host"> {
  env?: Record<string, string>;
  /** What there still is of the lab, past labwright: nothing, after `down`. */
  left(): Promise<string[]>;
  /** Takes away what was opened. Default: there is nothing. */
  close?(): Promise<void>;
}

export interface LabNames {
  name: string;
  machines: readonly string[];
}

export interface Candidate {
  provider: ProviderName;
  /** Why this computer does not carry it; `false` where it does. */
  skip: string | false;
  open(lab: LabNames): Promise<Place>;
}

const engine = await findEngine();
const left = ({ name }: LabNames): Promise<string[]> => leftoversOf(name, needed(engine));
const direct = engine?.direct ? false : "no Docker engine whose containers can be reached from here";
const hasVagrant = await hasProgram("vagrant");

export const candidates: Candidate[] = [
  {
    provider: "docker",
    skip: engine ? false : "no Docker engine answers",
    open: async (lab) => ({ left: () => left(lab) }),
  },
  {
    provider: "incus",
    skip: (await findIncus()) ? false : "no Incus server answers (`labwright doctor --fix --provider incus`)",
    open: async ({ name }) => ({ left: () => incusCandidate.things(name) }),
  },
  {
    provider: "vagrant",
    skip: hasVagrant ? direct : "Vagrant is not installed on this computer",
    open: async ({ name }) => ({
      env: { VAGRANT_DEFAULT_PROVIDER: "docker" },
      left: () =>
        needed(engine).docker.list(
          sh`ps --all --filter ${`name=labwright-${name}-vagrant`} --format {{.Names}}`,
        ),
    }),
  },
  { provider: "ssh", skip: direct, open: plainMachines },
  { provider: "pulumi", skip: direct, open: localCloud },
];

/** Debian machines that have nothing on them but sshd, and are there before the lab, and after it as they were. */
async function plainMachines({ machines }: LabNames): Promise<Place> {
  const site = needed(await plainSite({ word: "alike" }));
  const agent = await sshAgent(site.key.privateKey);
  const password = "tony's own";
  const specs: Record<string, Omit<PlainSpec, "name">> = {
    jump_host: { user: "thor" },
    stapp01: { user: "tony", password },
  };
  const hosts: { machine: PlainMachine; state: Record<string, string> }[] = [];
  for (const name of machines) {
    const machine = await site.start({ ...specs[name], name });
    hosts.push({ machine, state: await hostState(site, machine) });
  }
  return {
    host: (name) => needed(hosts.find(({ machine }) => machine.name === name)).machine.address,
    env: { SSH_AUTH_SOCK: agent.socket, [sudoPasswordVariable]: password },
    left: async () => {
      const changes: string[] = [];
      for (const { machine, state } of hosts)
        for (const change of stateChanges(state, await hostState(site, machine)))
          changes.push(`${machine.name}: ${change}`);
      return changes;
    },
    close: async () => {
      await agent.close();
      await site.close();
    },
  };
}

/** A service that speaks the cloud's API, and whose servers are containers. */
async function localCloud(): Promise<Place> {
  const service = await startCloud(needed(await containerComputers()));
  return {
    env: {
      HCLOUD_TOKEN: service.token,
      HCLOUD_ENDPOINT: service.endpoint,
      LABWRIGHT_ADDRESS_SERVICE: service.addressService,
    },
    left: async () => service.cloud.list(),
    close: () => service.close(),
  };
}

function needed<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error("there was an engine a moment ago");
  return thing;
}
