import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram, localHost } from "../../src/hosts/local.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { type PlainMachine, plainSite } from "../support/plain-machine.ts";
import { memberImage } from "./image.ts";

export interface IncusCluster {
  /** Computers in their own network, each with an Incus server; what is done in them goes past labwright. */
  members: PlainMachine[];
  /** The environment in which the cluster is known as the remote `cluster`. */
  env: { INCUS_CONF: string };
  /** Has the remote lead to another `host:port`; its certificate stays pinned. */
  useAddress(place: string): Promise<void>;
  close(): Promise<void>;
}

/** Why there can be no cluster on this computer; false where there can. */
export async function noCluster(): Promise<string | false> {
  if (!(await findEngine())?.direct) return "no Docker engine whose containers can be reached from here";
  if (!(await hasProgram("incus"))) return "Incus' command line is not on this computer";
  return false;
}

/** What a pool in a file needs, and no engine gives to a container: loop devices. */
const loopDevices = `
  mknod /dev/loop-control c 10 237
  for number in $(seq 0 63); do mknod /dev/loop$number b 7 $number; done`;

/** Makes an Incus cluster of two computers, that are system containers. What a killed run has left is removed first. */
export async function incusCluster(word: string): Promise<IncusCluster> {
  const site = await plainSite({ word, imageOf: memberImage });
  if (!site) throw new Error("there was an engine a moment ago");
  const folder = await mkdtemp(join(tmpdir(), "labwright-incus-cluster-"));
  const env = { INCUS_CONF: folder };
  const incus = (command: Command) => localHost().run(sh`INCUS_CONF=${folder} incus ${command}`);
  const close = async () => {
    await site.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [first, second] = await Promise.all([site.start({ name: "m1" }), site.start({ name: "m2" })]);
    const preseed = (member: PlainMachine, settings: object) =>
      member.inside(sh`printf %s ${JSON.stringify(settings)} | incus admin init --preseed`.reveal());
    await Promise.all([first, second].map((member) => member.inside(loopDevices)));
    await preseed(first, {
      config: { "core.https_address": `${first.address}:8443` },
      cluster: { enabled: true, server_name: "m1" },
    });
    const cluster_token = await first.inside("incus cluster add m2 --quiet");
    const server_address = `${second.address}:8443`;
    await preseed(second, { cluster: { enabled: true, server_address, cluster_token } });
    const token = await first.inside("incus config trust add labwright --quiet");
    await incus(sh`remote add cluster ${token} --accept-certificate`);
    const useAddress = async (place: string) => {
      await incus(sh`remote set-url cluster ${`https://${place}`}`);
    };
    return { members: [first, second], env, useAddress, close };
  } catch (error) {
    await close();
    throw error;
  }
}
