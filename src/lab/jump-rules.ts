import type { Draft, DraftMachine } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { choose, list, nearest } from "./nearest.ts";

/** What is wrong with `via`: machines that do not exist, and jumps in a circle. */
export function jumpFindings({ machines }: Draft): Finding[] {
  // A machine whose name is unknown may be the one that is meant.
  if (machines === undefined || machines.some(({ names }) => names === undefined)) return [];
  return [...machines.flatMap((machine) => unknownJump(machine, machines)), ...circles(machines)];
}

function unknownJump({ via, path }: DraftMachine, machines: readonly DraftMachine[]): Finding[] {
  const names = machines.flatMap((machine) => machine.names ?? []);
  if (via === undefined || names.includes(via)) return [];
  const message = `there is no machine ${via} to jump through`;
  const group = machines.find(({ hasCount, names: [first] = [] }) => hasCount && first === `${via}1`);
  const others = names.filter(
    (name) => !machines.find((machine) => machine.path === path)?.names?.includes(name),
  );
  const remedy = group ? `name one of: ${list(group.names ?? [])}` : remedyFor(via, others);
  return [{ path: [...path, "via"], message, remedy }];
}

function remedyFor(via: string, others: readonly string[]): string {
  if (others.length === 0) return "remove via: there is no other machine";
  return others.length > 12 ? `did you mean ${nearest(via, others) ?? others[0]}?` : choose(via, others);
}

/** Each circle once, at the `via` of its first machine in the file. */
function circles(machines: readonly DraftMachine[]): Finding[] {
  const ownerOf = (name: string): DraftMachine | undefined =>
    machines.find(({ names = [] }) => names.includes(name));
  const reported = new Set<DraftMachine>();
  return machines.flatMap((start) => {
    const way: DraftMachine[] = [];
    let at: DraftMachine | undefined = start;
    while (at !== undefined && !way.includes(at)) {
      way.push(at);
      at = at.via === undefined ? undefined : ownerOf(at.via);
    }
    if (at !== start || way.some((machine) => reported.has(machine))) return [];
    for (const machine of way) reported.add(machine);
    const path = [...start.path, "via"];
    if (way.length === 1) {
      const message = `${start.via} cannot be jumped to through itself`;
      return [{ path, message, remedy: "name another machine, or take via out" }];
    }
    const names = list(way.flatMap(({ via }) => via ?? []));
    const message = `these machines can only be reached through each other: ${names}`;
    return [{ path, message, remedy: "take one via out: some machine must be reached directly" }];
  });
}
