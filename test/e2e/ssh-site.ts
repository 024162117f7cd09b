import assert from "node:assert/strict";
import { sshAgent } from "../support/agent.ts";
import { type PlainSite, plainSite } from "../support/plain-machine.ts";

/** Hosts that are there before a lab; this process's SSH agent has the key that they know, until the site is closed. */
export async function sshSite(word: string): Promise<PlainSite> {
  const site = await plainSite({ word });
  assert.ok(site, "a Docker engine whose containers can be reached from here");
  const agent = await sshAgent(site.key.privateKey);
  process.env.SSH_AUTH_SOCK = agent.socket;
  return {
    ...site,
    close: async () => {
      await agent.close();
      await site.close();
    },
  };
}
