import { LabwrightError } from "../../errors.ts";
import { isArchitecture } from "../../hosts/architecture.ts";
import type { Claim } from "../../lab/identity.ts";
import { isOfCluster } from "../../lab/roles.ts";
import type { Machine } from "../../lab/types.ts";
import type { ObservedHost } from "./observation.ts";
import { tooSmall } from "./size.ts";
import type { Survey } from "./survey.ts";

/** Why a host cannot be a machine of the lab, and what to do about it. */
export interface Refusal {
  /** Default: `host-refused`. */
  code?: string;
  message: string;
  remedy: string;
}

/** Whether the mark on a host names this machine of the lab with that id. */
export const isMine = ({ name }: Machine, { mark }: Survey, id: string | undefined): boolean =>
  mark?.id !== undefined && mark.id === id && mark.machine === name;

/** The owner that a host's mark names, if the mark has the lab's name. */
export function claimIn({ machine, access, seen: { mark } }: ObservedHost, lab: string): Claim[] {
  if (mark?.lab !== lab) return [];
  return [{ what: `host ${machine.name} (${access.host})`, id: mark.id, owner: mark.owner }];
}

/** All reasons to refuse hosts, before any is changed. */
export function refusals(machine: Machine, seen: Survey, id: string | undefined): Refusal[] {
  const { name } = machine;
  const taken = seen.marked && !isMine(machine, seen, id);
  return [
    ...(taken ? [takenBy(name, seen)] : []),
    ...(seen.root
      ? []
      : [
          {
            message: `${name}: ${machine.user} is not root`,
            remedy: "Let the user run sudo, or set `user: root` for this machine in the lab file.",
          },
        ]),
    ...(isOfCluster(machine) ? nodeRefusals(machine, seen) : []),
    ...tooSmall(machine, seen),
    ...(seen.address !== "" || machine.address !== undefined
      ? []
      : [
          {
            message: `${name} reports no IPv4 address`,
            remedy: "Set it in the lab file, such as `address: 192.0.2.10`.",
          },
        ]),
  ];
}

function takenBy(name: string, { mark }: Survey): Refusal {
  const whose = mark
    ? `the lab ${mark.lab} of ${mark.owner}, as its machine ${mark.machine}, since ${mark.since}`
    : "an unknown lab (its mark cannot be read)";
  return {
    code: "name-taken",
    message: `${name} is taken by ${whose}`,
    remedy: "Run `labwright down` for that lab, or use another host: two labs cannot share one.",
  };
}

function nodeRefusals({ name, takeOver }: Machine, seen: Survey): Refusal[] {
  return [
    ...(seen.unsupported === undefined
      ? []
      : [{ message: `${name} runs ${seen.unsupported}`, remedy: "Use a host that runs Debian or Ubuntu." }]),
    ...(seen.systemd
      ? []
      : [{ message: `${name} does not run systemd`, remedy: "Use a host that runs systemd." }]),
    ...(isArchitecture(seen.processor)
      ? []
      : [
          {
            message: `${name} has a processor of the type "${seen.processor}"`,
            remedy: "Use a host with an x86-64 or a 64-bit ARM processor.",
          },
        ]),
    // If the host has the lab's own mark, a cluster there is the lab's.
    ...(seen.marked || takeOver || seen.clusters.length === 0
      ? []
      : [
          {
            message: `${name} already runs another cluster: ${seen.clusters.join(", ")}`,
            remedy:
              "Use another host, or set `takeOver: true` in the lab file: `labwright up` then stops that cluster, and `labwright down` restores it.",
          },
        ]),
  ];
}

/** Two machines of the lab that are one host under two names. */
export function sameHost(surveys: ReadonlyMap<string, Survey>): Refusal[] {
  const first = new Map<string, string>();
  return [...surveys].flatMap(([name, { identity }]) => {
    const other = first.get(identity);
    if (other === undefined) first.set(identity, name);
    return other === undefined
      ? []
      : [
          {
            message: `${name} and ${other} are the same host`,
            remedy: "Give each machine its own host.",
          },
        ];
  });
}

/** One error for all of them; its code is theirs, if they agree. */
export const refused = (all: readonly Refusal[]): LabwrightError =>
  new LabwrightError({
    code: all.every(({ code }) => code === all[0]?.code) ? (all[0]?.code ?? "host-refused") : "host-refused",
    message: all.map(({ message }) => message).join("; "),
    remedy: [...new Set(all.map(({ remedy }) => remedy))].join("; "),
  });
