import { z } from "zod";
import type { Addon } from "../../components/addon/addon.ts";
import { addonsOf } from "../../components/addon/addons.ts";
import { documentsOf, installAddon, removeAddon } from "../../components/addon/install.ts";
import {
  askFiles,
  getObjects,
  type Installed,
  installedIn,
  objectDifferences,
  surplusIn,
  unready,
} from "../../components/addon/installed.ts";
import { isOf } from "../../components/addon/objects.ts";
import type { Facts } from "../../engine/step.ts";
import type { Command } from "../../hosts/sh.ts";
import { ask } from "../../kubernetes/kubectl.ts";
import { type AddonName, addons as words } from "../../lab/available.ts";
import type { Lab } from "../../lab/types.ts";
import { step } from "../step.ts";

/** Every addon has a Deployment: in a cluster that should have none, one kind of objects is enough to ask for. */
const ofAnyAddon = ["deployments.apps"];

const wantedNames = ({ cluster }: Lab): string[] => addonsOf(cluster).map(([name]) => name);

/** The name of the fact that answers an addon's own question. */
const proofOf = (name: AddonName): string => `proof-${name}`;

export const addons = step({
  summary:
    "Installs the addons that the lab file names, from their releases' own files, and removes those that it no longer names.",
  params: z.strictObject({}),

  probe: (_, { lab }): Record<string, Command> => {
    const wanted = addonsOf(lab.cluster);
    return {
      files: askFiles,
      objects: ask(getObjects(wanted.length > 0 ? undefined : ofAnyAddon)),
      ...Object.fromEntries(
        wanted.flatMap(([name, { proof }]) => (proof?.ask ? [[proofOf(name), proof.ask]] : [])),
      ),
    };
  },

  check: (facts, _, { lab }) => {
    const installed = installedFrom(facts);
    const wanted = addonsOf(lab.cluster);
    if (!installed.objects && wanted.length > 0) return ["the API server does not answer"];
    return [
      ...wanted.flatMap(([name, addon]) => differencesOf(name, addon, { installed, facts, lab })),
      ...surplusIn(installed, wantedNames(lab)).map(
        (name) => `${name} is installed, and the lab file does not name it`,
      ),
    ];
  },

  prepare: async (_, context) => {
    await Promise.all(addonsOf(context.lab.cluster).map(([, addon]) => documentsOf(addon, context)));
  },

  apply: async (host, _, context, facts) => {
    const installed = installedFrom(facts);
    const { lab } = context;
    for (const name of surplusIn(installed, wantedNames(lab))) await removeAddon(host, name, context);
    for (const [name, addon] of addonsOf(lab.cluster))
      if (differencesOf(name, addon, { installed, facts, lab }).length > 0)
        await installAddon(host, name, addon, context);
  },

  undo: async (host, _, context) => {
    for (const name of words.supported) await removeAddon(host, name, context);
  },

  within: "cluster",
  patience: { seconds: 180, for: "the addons to work" },
});

const nothing = { code: 1, stdout: "", stderr: "" };

const installedFrom = ({ files = nothing, objects = nothing }: Facts): Installed =>
  installedIn(files, objects);

/** What is wrong with an addon: its objects, or, if they are all there, what shows that it works. */
function differencesOf(
  name: AddonName,
  addon: Addon,
  { installed, facts, lab }: { installed: Installed; facts: Facts; lab: Lab },
): string[] {
  const different = objectDifferences(installed, name, addon);
  if (different.length > 0) return different;
  const own = (installed.objects ?? []).filter((object) => isOf(name, object));
  return [...unready(own), ...(addon.proof?.differences(own, lab, facts[proofOf(name)]) ?? [])];
}
