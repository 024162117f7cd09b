import { z } from "zod";
import { lines, Secret, sh } from "../../hosts/sh.ts";
import { containerDefaults, type Size } from "../../lab/sizes.ts";
import type { Files } from "../machine/files.ts";
import { type Incus, label } from "./incus.ts";
import type { Member } from "./members.ts";
import { type Ports, portDevices } from "./ports.ts";
import { limitKeys, rootDevice } from "./size.ts";

const instancesSchema = z.array(
  z.object({
    name: z.string(),
    project: z.string(),
    status: z.string(),
    /** Its member. */
    location: z.string(),
    last_used_at: z.string(),
    /** Its own, without those of its profile. */
    devices: z.record(z.string(), z.record(z.string(), z.string())).nullish(),
    /** Nothing if its member is offline. */
    config: z
      .record(z.string(), z.string())
      .nullable()
      .transform((config) => config ?? {}),
  }),
);

export type Instance = z.output<typeof instancesSchema>[number] & {
  /** Its member does not answer: only its place and its name are known. */
  silent?: true;
};

export const allInstances = (incus: Incus): Promise<Instance[]> =>
  incus.query("/1.0/instances?recursion=1&all-projects=true", instancesSchema);

/** Incus gives an instance that has never been started a time of last use in or before 1970. */
export const neverStarted = ({ last_used_at }: Instance): boolean => Date.parse(last_used_at) <= 0;

export interface InstanceSpec {
  name: string;
  project: string;
  /** Its member. */
  member: Member;
  /** The alias of an image, or an image of another remote as `remote:alias`. */
  image: string;
  /** The machine's host name. */
  hostname: string;
  /** Absent: without limits. */
  size?: Size;
  /** The storage pool; only needed for the size of a disk. */
  pool?: string;
  address: string;
  subnet: string;
  gateway: string;
  labels: Record<string, string>;
  /** Ports of a remote server that lead to it; none if its address can be reached. */
  ports: Ports;
  /** The first process; absent: the image's own. */
  init?: string;
}

/**
 * Further LXC settings. The mounts: /proc/sys has to be writable, /sys mixed (or units wait for udev for ever), and
 * each hierarchy of cgroups writable, also if the host has version 1. The machine may use every device and keeps
 * every capability that the server has: pods are privileged. LXC sets the address, so that nothing on the machine has
 * to; a system of cgroup version 1 ignores settings for version 2. lxc.container.conf(5).
 */
const rawLxc = ({ hostname, address, subnet, gateway, init }: InstanceSpec): string =>
  [
    "lxc.mount.auto=",
    "lxc.mount.auto=proc:rw sys:mixed cgroup:rw:force",
    "lxc.cap.drop=",
    "lxc.cgroup.devices.allow=a",
    "lxc.cgroup2.devices.allow=a",
    `lxc.uts.name=${hostname}`,
    `lxc.net.0.ipv4.address=${address}/${subnet.split("/")[1]}`,
    `lxc.net.0.ipv4.gateway=${gateway}`,
    ...(init === undefined ? [] : [`lxc.init.cmd=${init}`]),
  ].join("\n");

/**
 * The hardware address of a machine follows from its address, in Incus' own range: a machine that is created again
 * answers at once to hosts that have the old one in their ARP cache, which otherwise takes a minute to expire.
 */
export const hardwareAddress = (address: string): string =>
  [
    "10:66:6a",
    ...address
      .split(".")
      .slice(1)
      .map((octet) => Number(octet).toString(16).padStart(2, "0")),
  ].join(":");

/** Creates an instance without starting it. */
export async function createInstance(incus: Incus, spec: InstanceSpec): Promise<void> {
  const ports = { [label.ports]: JSON.stringify(spec.ports) };
  const config = JSON.stringify({
    config: {
      ...spec.labels,
      ...ports,
      ...limitKeys({ ...containerDefaults, ...spec.size }),
      "volatile.eth0.hwaddr": hardwareAddress(spec.address),
      "raw.lxc": rawLxc(spec),
    },
    devices: { ...portDevices(spec.ports, spec.address), ...rootDevice(spec.size ?? {}, spec.pool ?? "") },
  });
  const image = spec.image.includes(":") ? spec.image : incus.at(spec.image);
  await incus.script(
    sh`printf %s ${config} | ${incus.command(sh`init ${image} ${incus.at(spec.name)} --project ${spec.project} ${spec.member.target} --quiet`)}`,
  );
}

/** Writes files into an instance, running or not. Their content is in no argument list. */
export async function pushFiles(
  incus: Incus,
  { project, name }: { project: string; name: string },
  files: Files,
): Promise<void> {
  const pushes = Object.entries(files).map(([path, { text, mode }]) => {
    const flags = ["--create-dirs", "--uid", "0", "--gid", "0", "--mode", mode.toString(8).padStart(4, "0")];
    const push = sh`file push --quiet --project ${project} ${flags} - ${incus.at(`${name}${path}`)}`;
    return sh`printf %s ${new Secret(text)} | ${incus.command(push)}`;
  });
  await incus.script(sh`set -e
${lines(pushes)}`);
}

/** What the server reports while it still works on a killed run's request. */
const busy = /busy|in progress|being (created|started)|already running/i;

/** Removes an instance, running or not. */
export const removeInstance = (
  incus: Incus,
  { project, name }: { project: string; name: string },
): Promise<void> => incus.remove(sh`delete --force --project ${project} ${incus.at(name)}`, busy);
