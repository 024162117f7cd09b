import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Family } from "../../linux/families/family.ts";
import { allNeeds, familyIn, familyOf, osRelease } from "../../linux/family.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { step } from "../step.ts";

const owner = "system-packages";

export const systemPackages = step({
  summary: "Installs the packages of the distribution that labwright needs; the node image has them already.",
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

  apply: async (host, _, context, facts) => {
    const family = familyOf(host.name, facts.release);
    const names = missing(family, facts.present.stdout).map((name) => family.packages[name] ?? name);
    await installPackages(host, context, owner, { family, names: [...new Set(names)] });
  },

  undo: (host, _, context) => removePackages(host, context, owner),
});

const missing = (family: Family, present: string): string[] => {
  const there = new Set(present.split("\n"));
  return Object.keys(family.packages).filter((name) => !there.has(name));
};
