import { LabwrightError } from "../../errors.ts";
import { Secret, sh } from "../../hosts/sh.ts";
import { publishedPorts } from "../../lab/ports.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { hostKeyOf } from "../host-keys.ts";
import { giveInside } from "../machine/container-logins.ts";
import { machineFiles, withoutComment } from "../machine/files.ts";
import type { Logins } from "../machine/logins.ts";
import { startFailed } from "../machine/start-failure.ts";
import type { Engine } from "./engine.ts";
import { type Incus, label, nameTaken } from "./incus.ts";
import { createInstance, type Instance, neverStarted, pushFiles, removeInstance } from "./instance.ts";
import { assertCarried, type Member } from "./members.ts";
import { gatewayOf } from "./names.ts";
import { drawPorts } from "./ports.ts";
import { updateSize } from "./size.ts";

export interface MachineSpec {
  project: string;
  /** The member that runs it, if it is created again. */
  member: Member;
  /** The instance's name. */
  name: string;
  lab: Lab;
  machine: Machine;
  image: string;
  /** The storage pool of its root disk. */
  pool: string;
  address: string;
  subnet: string;
  /** The keys of everything that is created for the lab. */
  labels: Readonly<Record<string, string>>;
  logins: Logins;
  /** Whether the existing instance lacks them. */
  lacks: boolean;
}

/**
 * Makes a machine run. One that has run keeps its data, and is never deleted; one that has never been started
 * was left incomplete by a killed run, and is created again. `old` is the existing instance of that name.
 */
export async function ensureMachine(
  { incus, members }: Engine,
  spec: MachineSpec,
  old: Instance | undefined,
): Promise<void> {
  if (old && old.config[label.lab] !== spec.lab.name) throw nameTaken("instance", spec.name);
  if (old) assertCarried(members, old, `cannot start the machine ${spec.machine.name}`);
  if (old && !neverStarted(old)) {
    await updateSize(incus, spec.machine, old);
    await startAgain(incus, spec);
    if (spec.lacks) await giveLogins(incus, spec);
    return;
  }
  if (old) await removeInstance(incus, spec);
  await makeMachine(incus, spec);
}

const start = ({ project }: MachineSpec, instance: string) => sh`start --project ${project} ${instance}`;

/** `incus start` also resumes what `incus pause` has frozen. Throws `machine-start-failed` with the server's own words. */
const startAgain = (incus: Incus, spec: MachineSpec): Promise<void> =>
  incus.run(start(spec, incus.at(spec.name))).then(
    () => {},
    (error: unknown) => {
      if (!(error instanceof LabwrightError) || error.code !== "command-failed") throw error;
      if (/already running/i.test(error.output ?? "")) return;
      throw startFailed(spec.machine.name, `instance ${spec.name} of the project ${spec.project}`, error);
    },
  );

/** sshd gets a host key that is made here, so that the first connection is already verified. */
async function makeMachine(incus: Incus, spec: MachineSpec): Promise<void> {
  const { machine, address, subnet, logins } = spec;
  const hostKey = await hostKeyOf(spec.lab.name, machine.name);
  await createInstance(incus, {
    ...spec,
    ports: drawPorts(spec.member, publishedPorts),
    hostname: machine.name,
    size: machine,
    gateway: gatewayOf(subnet),
    init: "/usr/local/sbin/labwright-init",
    labels: {
      ...spec.labels,
      [label.machine]: machine.name,
      [label.address]: address,
      [label.hostKey]: withoutComment(hostKey.publicKey),
    },
  });
  const files = await machineFiles({ ...logins, hostKey, resolves: true });
  await pushFiles(incus, spec, {
    ...files,
    "/etc/hosts": { text: `127.0.0.1 localhost\n${address} ${machine.name}\n`, mode: 0o644 },
    "/etc/resolv.conf": files["/etc/labwright/resolv.conf"] ?? { text: "", mode: 0o644 },
  });
  await incus.run(start(spec, incus.at(spec.name)));
}

/** Sets up the logins of a running machine through the server, which needs no key. */
async function giveLogins(incus: Incus, { project, name, logins }: MachineSpec): Promise<void> {
  const inside = incus.command(sh`exec --project ${project} ${incus.at(name)} -- sh -s`);
  await incus.script(sh`printf %s ${new Secret(giveInside(logins).reveal())} | ${inside}`);
}
