import { basename } from "node:path";
import { z } from "zod";
import { type Site, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { beforeFolder } from "./shared/before.ts";
import { allNeeds, type Family, familyIn, familyOf, osRelease } from "./shared/family.ts";
import { quietly } from "./shared/programs.ts";

const folder = `${beforeFolder}/system-packages`;
/** The packages that we installed, a line each. */
const mark = `${folder}/installed`;
/** All packages that there were before; there only while an attempt of ours runs, or after one that was cut short. */
const snapshot = `${folder}/snapshot`;
const archives = "/var/lib/labwright/packages";

/** What a family's packages bring is there: a no-op on the node image, everything on a plain machine. */
export const systemPackages = step({
  params: z.strictObject({}),

  probe: () => ({
    release: osRelease,
    present: sh`for name in ${allNeeds}; do
      case "$name" in
        /*) [ ! -e "$name" ] || echo "$name" ;;
        *) ! command -v "$name" >/dev/null || echo "$name" ;;
      esac
    done`,
  }),

  check: (facts, _, { machine }) => {
    const family = familyIn(facts.release.stdout);
    if ("unsupported" in family)
      return [`${machine.name} runs ${family.unsupported}, which is not supported`];
    return missing(family, facts.present.stdout).map((name) => `${name} is missing`);
  },

  apply: async (host, _, site, facts) => {
    const family = familyOf(host.name, facts.release);
    const names = [
      ...new Set(missing(family, facts.present.stdout).map((name) => family.packages[name] ?? name)),
    ];
    await host.run(
      sh`mkdir -p ${folder} && { [ -e ${snapshot} ] || { ${family.installed} >${`${snapshot}.new`} && mv ${`${snapshot}.new`} ${snapshot}; }; }`,
    );
    site.note(`installing ${names.join(", ")}`);
    const onLine = (line: string) => site.note(line);
    const online = await host.run(family.install(names), { accept: "any", onLine });
    if (online.code !== 0) await installFromHere(host, family, names, site);
    await host.run(noteInstalled(family));
  },

  undo: async (host, _, site) => {
    const release = await host.run(sh`[ ! -d ${folder} ] || { ${osRelease}; }`);
    if (release.stdout === "") return;
    const family = familyOf(host.name, release);
    await host.run(sh`[ ! -e ${snapshot} ] || { ${noteInstalled(family)}
    }`);
    const installed = (await host.run(sh`cat ${mark} 2>/dev/null; true`)).stdout
      .split("\n")
      .filter((name) => name !== "");
    if (installed.length > 0) {
      const needed = (await host.run(family.remove(installed))).stdout.trim().split("\n").filter(Boolean);
      if (needed.length > 0) site.note(`kept the packages: ${needed.join(", ")} needs them`);
    }
    await host.run(sh`rm -rf ${folder} && rmdir --ignore-fail-on-non-empty -p ${beforeFolder}`);
  },
});

const missing = (family: Family, present: string): string[] => {
  const there = new Set(present.split("\n"));
  return Object.keys(family.packages).filter((name) => !there.has(name));
};

/** Where a machine reaches no packages, this computer fetches them. */
async function installFromHere(host: Host, family: Family, names: string[], site: Site): Promise<void> {
  site.note("the machine reaches no packages: fetching them on this computer");
  for (const file of await family.download(host, names, quietly(site))) {
    site.note(`sending ${basename(file)}`);
    await host.write({ path: `${archives}/${basename(file)}`, content: { localFile: file } });
  }
  await host.run(family.installFiles(archives), { onLine: site.note });
}

const noteInstalled = (family: Family) => sh`
  ${family.installed} | LC_ALL=C comm -13 ${snapshot} - >>${mark} && rm ${snapshot}`;
