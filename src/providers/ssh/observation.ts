import { LabwrightError } from "../../errors.ts";
import { pinnedKeys } from "../../hosts/host-keys.ts";
import { answersAs, connect } from "../../hosts/ssh.ts";
import type { Access, Host } from "../../hosts/types.ts";
import { isRootThere } from "../../lab/accounts.ts";
import type { Machine } from "../../lab/types.ts";
import type { MachineInfo } from "../types.ts";
import { tooSmall } from "./size.ts";
import { type Survey, survey, unasked } from "./survey.ts";

/** Milliseconds until labwright stops waiting for a host that does not answer. */
const patience = 10_000;
/** Milliseconds until the way without the jump host counts as closed: a firewall that drops packets sends no refusal. */
const directPatience = 2_000;

/** What was observed at a machine's address: the host's facts, or why there are none. */
type Place = { machine: Machine; access: Access };
export type ObservedHost = Place & { seen: Survey; direct: boolean };
export type HostObservation = ObservedHost | (Place & { silent: LabwrightError });

/** Connects to a host, runs `work` there, and hangs up. */
export async function onHost<T>(name: string, access: Access, work: (host: Host) => Promise<T>): Promise<T> {
  const host = await connect(name, access, { connectTimeout: patience });
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** Observes a machine's host. Changes nothing; throws if it answers and refuses our login. */
export async function observe(machine: Machine, access: Access): Promise<HostObservation> {
  try {
    return await onHost(machine.name, access, async (host) => {
      const seen = isRootThere(machine) ? await survey(host) : unasked(machine, access);
      return { machine, access, seen, direct: await isDirect(machine, access, seen) };
    });
  } catch (error) {
    if (error instanceof LabwrightError && ["ssh-refused", "ssh-timeout"].includes(error.code))
      return { machine, access, silent: error };
    throw isCommandRefused(error) && machine.role === "jump-host" ? asHop(machine.name, error) : error;
  }
}

/** The answer of a bastion that forwards, and runs no command or not as root. */
const commandRefusals = ["sudo-refused", "sudo-password", "shell-failed", "ssh-channel-refused", "ssh-lost"];

const isCommandRefused = (error: unknown): error is LabwrightError =>
  error instanceof LabwrightError && commandRefusals.includes(error.code);

function asHop(name: string, error: LabwrightError): LabwrightError {
  const { code, message, remedy, output } = error;
  return new LabwrightError({
    ...{ code, message, cause: error, ...(output !== undefined && { output }) },
    remedy: `${remedy} If ${name} is only jumped through, write \`sudo: none\` for it in the lab file.`,
  });
}

/** The address at which this computer would reach the machine without a jump host. */
const placeOf = (machine: Machine, access: Access, { address }: Survey): string =>
  access.via ? (machine.address ?? address) : access.host;

/** A host that was observed, in the form that every provider lists. */
export function foundIn(observation: HostObservation): MachineInfo {
  const { machine, access } = observation;
  if ("silent" in observation)
    return { name: machine.name, running: false, address: access.host, access, reach: () => undefined };
  const { seen, direct } = observation;
  const place = placeOf(machine, access, seen);
  const [misfit] = isRootThere(machine) ? tooSmall(machine, seen) : [];
  return {
    name: machine.name,
    running: true,
    address: machine.address ?? seen.address,
    access: withPinned(access),
    ...(misfit && { misfit }),
    reach: (port) => (direct ? `${place}:${port}` : undefined),
  };
}

/** The keys that were pinned when the host was observed are from now on the only ones. */
function withPinned(access: Access): Access {
  const pinned =
    access.knownHosts === undefined ? [] : pinnedKeys(access.knownHosts, access.host, access.port);
  return pinned.length === 0 ? access : { ...access, hostKeys: pinned };
}

/**
 * Whether this computer reaches the machine without the jump host. At a private address another host may answer here, so
 * the answer counts only with the machine's own host key.
 */
async function isDirect(machine: Machine, access: Access, seen: Survey): Promise<boolean> {
  const { via, ...own } = withPinned(access);
  if (!via) return true;
  const host = placeOf(machine, access, seen);
  return host !== "" && own.hostKeys !== undefined && answersAs({ ...own, host }, directPatience);
}
