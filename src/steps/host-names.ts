import { z } from "zod";
import { type Scene, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { contentOf } from "./shared/files.ts";

const hostsFile = "/etc/hosts";

/** What a machine whose /etc/hosts is written anew at each start adds to it: infra/node-image's labwright-init. */
const keptFile = "/etc/labwright/hosts";

const first = "# labwright: the machines of the lab";
const last = "# labwright: end";

/**
 * The lab's machines, as lines of hosts(5). One that is not there keeps the line that it has: most providers give it
 * the same address when it is made anew.
 */
function linesOf(
  { lab, addresses }: Pick<Scene, "lab" | "addresses">,
  present: string,
): (string | undefined)[] {
  return lab.machines.map(({ name }) => {
    const address = addresses.get(name);
    if (address !== undefined) return `${address} ${name}`;
    return present.split("\n").find((line) => line.endsWith(` ${name}`));
  });
}

const block = (lines: (string | undefined)[]): string =>
  `${[first, ...lines.filter((line) => line !== undefined), last].join("\n")}\n`;

/** Without our block; /etc/hosts of a container is a mount, so that it is written to, and not replaced. */
const takenOut = sh`sed -e ${`/^${first}$/,/^${last}$/d`} -e ${"$a\\"} ${hostsFile}`;

/** The names of the lab's machines, which resolve on each of them to where the others reach it. */
export const hostNames = step({
  params: z.strictObject({}),

  probe: () => ({ hosts: contentOf(hostsFile), kept: contentOf(keptFile) }),

  check: (facts, _, scene) => {
    const lines = linesOf(scene, facts.kept.stdout);
    const wanted = block(lines);
    const missing = scene.lab.machines.filter((_, at) => lines[at] === undefined);
    return [
      ...missing.map(({ name }) => `${name} has no address yet that its name could stand for`),
      ...(facts.hosts.stdout.includes(wanted) ? [] : [`${hostsFile} does not name the lab's machines`]),
      ...(facts.kept.stdout === wanted ? [] : [`${keptFile} does not name them for the next start`]),
    ];
  },

  apply: async (host, _, site) => {
    await host.write({ path: keptFile, content: block(linesOf(site, "")) });
    await host.run(
      sh`draft=$(mktemp) && { ${takenOut}; cat ${keptFile}; } >"$draft" && cat "$draft" >${hostsFile} && rm "$draft"`,
    );
  },

  undo: async (host) => {
    await host.run(
      sh`draft=$(mktemp) && ${takenOut} >"$draft" && cat "$draft" >${hostsFile} && rm "$draft" ${keptFile}
      rmdir --ignore-fail-on-non-empty /etc/labwright`,
    );
  },
});
