import { z } from "zod";
import type { CheckContext } from "../../engine/step.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { isRootThere } from "../../lab/accounts.ts";
import type { Machine } from "../../lab/types.ts";
import { contentOf } from "../../linux/files.ts";
import { step } from "../step.ts";

const hostsFile = "/etc/hosts";

/** The lines that a machine which rewrites /etc/hosts at each start adds: infra/node-image's labwright-init. */
const keptFile = "/etc/labwright/hosts";

const first = "# labwright: the machines of the lab";
const last = "# labwright: end";

/** All machines except jump hosts whose address is unknown. */
const namedIn = ({ lab, addresses }: Names): Machine[] =>
  lab.machines.filter((machine) => isRootThere(machine) || addresses.get(machine.name));

type Names = Pick<CheckContext, "lab" | "addresses">;

/**
 * The lab's machines, as lines of hosts(5). A missing machine keeps its line: most providers give it
 * the same address when it is created again.
 */
function linesOf(names: Names, present: string): (string | undefined)[] {
  return namedIn(names).map(({ name }) => {
    const address = names.addresses.get(name);
    if (address) return `${address} ${name}`;
    return present.split("\n").find((line) => line.endsWith(` ${name}`));
  });
}

const block = (lines: (string | undefined)[]): string =>
  `${[first, ...lines.filter((line) => line !== undefined), last].join("\n")}\n`;

/** Without our block; /etc/hosts of a container is a mount, so it is overwritten, and not replaced. */
const takenOut = sh`sed -e ${`/^${first}$/,/^${last}$/d`} -e ${"$a\\"} ${hostsFile}`;

/** The block below the other lines, and `above` before them: of two lines for a name the first one counts. */
const place = (above: string): Command =>
  sh`draft=$(mktemp) && { printf %s ${above}; ${takenOut}; cat ${keptFile}; } >"$draft" && cat "$draft" >${hostsFile} && rm "$draft"`;

/**
 * The address of each name on the machine, from any file or server: `name address`. A name that is not in
 * /etc/hosts yet is not resolved: a server that does not answer would delay the check.
 */
const resolve = (names: readonly string[]): Command =>
  sh`for name in ${names}; do
    grep -qwF -e "$name" ${hostsFile} && echo "$name $(getent ahostsv4 "$name" | awk '{ print $1; exit }')"
  done; true`;

/** Names with other addresses than the lab's. A machine's own may be a loopback address, as on Debian. */
function astray(context: Pick<CheckContext, "addresses" | "machine">, { stdout }: Output) {
  return stdout.split("\n").flatMap((line) => {
    const [name = "", address = ""] = line.split(" ");
    const wanted = context.addresses.get(name);
    const isOwn = name === context.machine.name && address.startsWith("127.");
    return !wanted || address === "" || address === wanted || isOwn ? [] : [{ name, address, wanted }];
  });
}

export const hostNames = step({
  summary: "Makes the names of the lab's machines resolve on each of them.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    hosts: contentOf(hostsFile),
    kept: contentOf(keptFile),
    resolved: resolve(lab.machines.map(({ name }) => name)),
  }),

  check: (facts, _, context) => {
    const lines = linesOf(context, facts.kept.stdout);
    const wanted = block(lines);
    const missing = namedIn(context).filter((_, at) => lines[at] === undefined);
    return [
      ...missing.map(({ name }) => `${name} has no address yet`),
      ...(facts.hosts.stdout.includes(wanted) ? [] : [`${hostsFile} does not name the lab's machines`]),
      ...(facts.kept.stdout === wanted ? [] : [`${keptFile} does not name them for the next start`]),
      ...astray(context, facts.resolved).map(
        ({ name, address, wanted }) => `${name} has the address ${address} on this machine, not ${wanted}`,
      ),
    ];
  },

  apply: async (host, _, context) => {
    const lines = linesOf(context, "");
    await host.write({ path: keptFile, content: block(lines) });
    await host.run(place(""));
    const names = context.lab.machines.map(({ name }) => name);
    const others = astray(context, await host.run(resolve(names))).map(({ name }) => name);
    const above = lines.filter((line) => others.some((name) => line?.endsWith(` ${name}`)));
    if (above.length > 0) await host.run(place(block(above)));
  },

  undo: async (host) => {
    await host.run(
      sh`draft=$(mktemp) && ${takenOut} >"$draft" && cat "$draft" >${hostsFile} && rm "$draft" ${keptFile}
      rmdir --ignore-fail-on-non-empty /etc/labwright`,
    );
  },
});
