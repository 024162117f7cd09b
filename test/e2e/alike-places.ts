import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import type { ProviderName } from "../../src/lab/types.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { findIncus } from "../../src/providers/incus/engine.ts";
import { sudoPasswordVariable } from "../../src/providers/ssh/sudo-passwords.ts";
import { containerComputers } from "../cloud/containers.ts";
import { startCloud } from "../cloud/service.ts";
import { sshAgent } from "../support/agent.ts";
import { type PlainSpec, plainSite } from "../support/plain-machine.ts";
import type { JumpMachines } from "./support.ts";

/** What one provider needs so that the one lab can be built with it: all that may differ between them. */
export interface Place extends Pick<JumpMachines, "host"> {
  env?: Record<string, string>;
  /** Takes away what was opened. Default: there is nothing. */
  close?(): Promise<void>;
}

export interface Candidate {
  provider: ProviderName;
  /** Why this computer does not carry it; `false` where it does. */
  skip: string | false;
  /** `machines` are the names of the lab's machines. */
  open(machines: readonly string[]): Promise<Place>;
}

const engine = await findEngine();
const direct = engine?.direct ? false : "no Docker engine whose containers can be reached from here";
const vagrant = await localHost().run(sh`command -v vagrant`, { accept: "any" });

export const candidates: Candidate[] = [
  { provider: "docker", skip: engine ? false : "no Docker engine answers", open: async () => ({}) },
  {
    provider: "incus",
    skip: (await findIncus()) ? false : "no Incus server answers (`labwright doctor --fix --provider incus`)",
    open: async () => ({}),
  },
  {
    provider: "vagrant",
    skip: vagrant.code === 0 ? direct : "Vagrant is not on this computer",
    open: async () => ({ env: { VAGRANT_DEFAULT_PROVIDER: "docker" } }),
  },
  { provider: "ssh", skip: direct, open: plainMachines },
  { provider: "pulumi", skip: direct, open: localCloud },
];

/** Debian machines that have nothing on them but sshd, and are there before the lab. */
async function plainMachines(machines: readonly string[]): Promise<Place> {
  const site = await plainSite({ word: "alike" });
  if (!site) throw new Error("there was an engine a moment ago");
  const agent = await sshAgent(site.key.privateKey);
  const password = "tony's own";
  const specs: Record<string, Omit<PlainSpec, "name">> = {
    jump_host: { user: "thor" },
    stapp01: { user: "tony", password },
  };
  const addresses = new Map<string, string>();
  for (const name of machines) addresses.set(name, (await site.start({ ...specs[name], name })).address);
  return {
    host: (name) => addresses.get(name) ?? "",
    env: { SSH_AUTH_SOCK: agent.socket, [sudoPasswordVariable]: password },
    close: async () => {
      await agent.close();
      await site.close();
    },
  };
}

/** A service that speaks the cloud's API, and whose servers are containers. */
async function localCloud(): Promise<Place> {
  const computers = await containerComputers();
  if (!computers) throw new Error("there was an engine a moment ago");
  const service = await startCloud(computers);
  return {
    env: {
      HCLOUD_TOKEN: service.token,
      HCLOUD_ENDPOINT: service.endpoint,
      LABWRIGHT_ADDRESS_SERVICE: service.addressService,
    },
    close: () => service.close(),
  };
}
