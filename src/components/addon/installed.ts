import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { type KubeObject, objectsIn } from "../../kubernetes/objects.ts";
import type { AddonName } from "../../lab/available.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import type { Addon } from "./addon.ts";
import { addonKinds, addonLabel, isOf, labelsOf, placeOf } from "./objects.ts";

/** Files of the cluster's, directly in labwright's folder, go with the cluster. */
const prefix = "/etc/labwright/addon-";

/** The file on the control plane that an addon's objects were applied from. */
export const fileOf = (name: string): string => `${prefix}${name}.yaml`;

/** The same file until its objects are applied: its presence does not say that the addon is installed. */
export const draftOf = (name: string): string => `/etc/labwright/draft-addon-${name}.yaml`;

const heading = (name: AddonName, { version, revision }: Addon): string =>
  `# Written by labwright: ${name} ${version} adaptation ${revision}`;

const placesHeading = "# Objects:";

/** The file's text. Its second line names the objects, so that a missing one can be named. */
export const fileText = (name: AddonName, addon: Addon, objects: readonly KubeObject[]): string =>
  `${heading(name, addon)}\n${placesHeading} ${objects.map(placeOf).join(" ")}\n${writeAllYaml(objects)}`;

/** The first two lines of each addon's file, each behind a line with the file's name. */
export const askFiles: Command = sh`for file in ${prefix}*.yaml; do
      [ ! -e "$file" ] || { echo "$file"; head -n 2 "$file"; }
    done`;

/** kubectl's words for the objects of those kinds that labwright applied for an addon. */
export const getObjects = (kinds: readonly string[] = addonKinds): Command =>
  sh`get ${kinds.join(",")} --all-namespaces -l ${addonLabel} -o json`;

/** What is installed in a cluster, from the answers to `askFiles` and `getObjects`. */
export interface Installed {
  /** Undefined if the API server does not answer. */
  objects: KubeObject[] | undefined;
  /** By the addon's name: whether its file is of this release and adaptation, and which objects it has. */
  files: ReadonlyMap<string, { heading: string; places: string[] }>;
}

export function installedIn(files: Output, objects: Output): Installed {
  const lines = files.stdout.split("\n");
  return {
    objects: objectsIn(objects),
    files: new Map(
      lines.flatMap((line, index) => {
        if (!line.startsWith(prefix)) return [];
        const [heading = "", places = ""] = lines.slice(index + 1, index + 3);
        const named = places.startsWith(placesHeading) ? places.slice(placesHeading.length).trim() : "";
        return [
          [
            line.slice(prefix.length, -".yaml".length),
            { heading, places: named === "" ? [] : named.split(" ") },
          ],
        ];
      }),
    ),
  };
}

/** The names of addons that are installed and not among those. */
export function surplusIn({ objects = [], files }: Installed, wanted: readonly string[]): string[] {
  const names = [...files.keys(), ...objects.map((object) => labelsOf(object)[addonLabel] ?? "")];
  return [...new Set(names)].filter((name) => !wanted.includes(name)).sort();
}

/** How the objects of an addon differ from those of this release; none if all are there, whether or not they work. */
export function objectDifferences(
  { objects = [], files }: Installed,
  name: AddonName,
  addon: Addon,
): string[] {
  const file = files.get(name);
  if (file?.heading !== heading(name, addon)) return [`${name} ${addon.version} is not installed`];
  const present = objects.filter((object) => isOf(name, object)).map(placeOf);
  return [
    ...file.places
      .filter((place) => !present.includes(place))
      .map((place) => `${place} of ${name} is missing`),
    ...present
      .filter((place) => !file.places.includes(place))
      .map((place) => `${place} is not part of ${name} ${addon.version}`),
  ];
}

interface Deployment extends KubeObject {
  spec?: { replicas?: number };
  status?: { observedGeneration?: number; updatedReplicas?: number; readyReplicas?: number };
}

/** Deployments of an addon whose pods are not Ready, or are of another revision. */
export const unready = (objects: readonly KubeObject[]): string[] =>
  objects
    .filter((object): object is Deployment => object.kind === "Deployment")
    .filter(
      ({ metadata, status = {} }) =>
        status.observedGeneration !== metadata.generation ||
        !status.updatedReplicas ||
        status.readyReplicas !== status.updatedReplicas,
    )
    .map(({ metadata }) => `the pod of the Deployment ${metadata.name} is not Ready`);
