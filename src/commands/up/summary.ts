import { homedir } from "node:os";
import { join } from "node:path";
import { quoted } from "../../hosts/sh.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { labFolder } from "../../paths.ts";
import type { EntranceInfo } from "../../providers/types.ts";
import { commandLine } from "../../session/command-line.ts";
import type { Made } from "../../session/make-lab.ts";
import type { LabOptions } from "../../session/session.ts";
import { table } from "../../ui/summary.ts";
import { indent } from "../../ui/text.ts";
import { count, inSeconds } from "../../wording.ts";

export interface Summary {
  lab: Lab;
  made: Made;
  /** As the person gave them: the commands repeat what they need of them. */
  options: LabOptions;
  seconds: number;
  /** The file that has the lab's context. */
  kubeconfig: string;
  /** Whether the lab has accounts with passwords that labwright made. */
  hasPasswords: boolean;
}

/** More of them than this are no longer read. */
const [mostUrls, mostDoors] = [3, 6];

/** The last words of `up`. Ends with a newline. */
export function upSummary(summary: Summary): string {
  const { made, seconds } = summary;
  const lines = [
    `${doneWords(made)} (${inSeconds(seconds)}, ${count(made.roundTrips, "round trip")}).`,
    "",
    indent(table(pointers(summary)), "  "),
    ...(made.notes.length === 0 && made.surplus.length === 0 ? [] : [""]),
    ...made.notes.map((note) => `Note: ${note}.`),
    ...made.surplus,
  ];
  return `${lines.join("\n")}\n`;
}

function doneWords({ applied, machines, from }: Made): string {
  if (from !== undefined) return `Done: the lab is ${from}`;
  if (applied > 0) return `Done: ${count(applied, "task")} changed`;
  return machines > 0
    ? `Done: ${count(machines, "machine")} changed`
    : "Nothing to do: the lab matches its file";
}

/** What a person may want next, and the command or the place for it. */
function pointers({ lab, made, options, kubeconfig, hasPasswords }: Summary): [string, string][] {
  const { machines, name, playbooks } = lab;
  const first = (machines.find(isControlPlane) ?? machines[0])?.name ?? "";
  const hasCluster = playbooks.includes("cluster") && nodesOf(lab).length > 0;
  const more = made.urls.length - mostUrls;
  const urls = [
    ...made.urls.slice(0, mostUrls),
    ...(more > 0 ? [`and on ${count(more, "more node", "more nodes")}`] : []),
  ];
  const rows: [string, string | undefined][] = [
    ["nginx", urls.join("  ") || undefined],
    ["entrance", made.entrance && entranceRow(made.entrance)],
    ["kubectl", hasCluster ? `kubectl --context ${name} get nodes` : undefined],
    ["kubeconfig", hasCluster ? tilde(kubeconfig) : undefined],
    ["log in", commandLine(options, "ssh", first)],
    ["plain ssh", `ssh -F ${tilde(join(labFolder(name), "ssh_config"))} ${first}`],
    ["passwords", hasPasswords ? `${commandLine(options, "status")} --credentials` : undefined],
    ["exercises", commandLine(options, "exercise list")],
    ["remove it", commandLine(options, "down")],
  ];
  return rows.flatMap(([what, where]): [string, string][] => (where === undefined ? [] : [[what, where]]));
}

/** `127.0.0.1: api-server 13700, ssh.cp 13701`. */
function entranceRow({ host, ports }: EntranceInfo): string {
  const doors = Object.entries(ports).map(([door, port]) => `${door} ${port}`);
  const more = doors.length - mostDoors;
  const shown = [...doors.slice(0, mostDoors), ...(more > 0 ? [`and ${count(more, "more port")}`] : [])];
  return `${host}: ${shown.join(", ")}`;
}

/** A path as a shell takes it, with `~` for the home folder if it needs no quotes. */
function tilde(path: string): string {
  const home = process.env.HOME || homedir();
  const isPlain = quoted(path) === path && path.startsWith(`${home}/`);
  return isPlain ? `~${path.slice(home.length)}` : quoted(path);
}
