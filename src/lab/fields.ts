import { z } from "zod";
import { kubernetesMinors } from "../versions.ts";
import type { Words } from "./available.ts";
import { cidrProblem } from "./cidr.ts";
import { labVersion, versionFlaw, versionPattern } from "./kubernetes-version.ts";
import {
  type Flaw,
  knownRoles,
  label,
  labNameFlaw,
  longestLabName,
  longestName,
  looseLabel,
  machineNameFlaw,
  referenceFlaw,
  roleFlaw,
  shellFlaw,
  shellPattern,
  userFlaw,
  userPattern,
} from "./names.ts";
import { choose, list, nearest, shown } from "./nearest.ts";
import {
  addressFlaw,
  autoEndpoint,
  endpointFlaw,
  hostFlaw,
  hostPattern,
  placeNameFlaw,
  placeNamePattern,
  urlFlaw,
  urlPattern,
} from "./places.ts";
import { mebibytesIn, quantityOf, quantityPattern } from "./sizes.ts";

/** Text in which `flawOf` finds nothing wrong. `hints` are for editors, which cannot call a function. */
export const text = (
  flawOf: (value: string) => Flaw | undefined,
  hints: z.GlobalMeta & Record<string, unknown>,
) =>
  z
    .string()
    .superRefine((value, context) => {
      const flaw = flawOf(value);
      if (flaw) context.addIssue({ code: "custom", message: flaw.message, params: { remedy: flaw.remedy } });
    })
    .meta(hints);

/** One word of a table. Editors are offered only what is available. */
export function choice<T extends string>(what: string, words: Words<T>) {
  const isUsable = (value: string): value is T => words.supported.some((word) => word === value);
  return z
    .string()
    .transform((value, context) => {
      if (isUsable(value)) return value;
      const flaw = wordFlaw(what, value, words);
      context.addIssue({ code: "custom", message: flaw.message, params: { remedy: flaw.remedy } });
      return z.NEVER;
    })
    .meta({ enum: [...words.supported] });
}

function wordFlaw(what: string, value: string, { supported, planned, refused = {} }: Words): Flaw {
  const use = supported.length > 1 ? `use one of: ${list(supported)}` : `use ${list(supported)}`;
  if (Object.hasOwn(refused, value))
    return { message: `there is no ${what} ${value}: ${refused[value]}`, remedy: use };
  if (planned.includes(value))
    return { message: `the ${what} ${value} is not available yet in this version`, remedy: use };
  const near = nearest(value, [...supported, ...planned]);
  const meantPlanned = near !== undefined && planned.includes(near);
  const remedy = meantPlanned ? `${use}; ${near} is not available yet` : choose(value, supported);
  return { message: `there is no ${what} ${shown(value)}`, remedy };
}

export const labName = text(labNameFlaw, { pattern: label.source, maxLength: longestLabName });
export const machineName = text(machineNameFlaw, { pattern: looseLabel.source, maxLength: longestName });
export const machineReference = text(referenceFlaw, { pattern: looseLabel.source, maxLength: longestName });
export const roleName = text(roleFlaw, { pattern: label.source, examples: knownRoles });
export const userName = text(userFlaw, { pattern: userPattern.source });
export const shellPath = text(shellFlaw, { pattern: shellPattern.source });
export const existingHost = text(hostFlaw, { pattern: hostPattern.source });
export const placeName = text(placeNameFlaw, { pattern: placeNamePattern.source });
export const ipv4 = text(addressFlaw, { format: "ipv4" });
export const endpointAddress = text(endpointFlaw, { anyOf: [{ const: autoEndpoint }, { format: "ipv4" }] });
export const network = text(cidrProblem, { pattern: "^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$" });

/** An OpenPGP key's fingerprint, also as gpg prints it with spaces. Gives 40 upper-case digits. */
export const keyFingerprint = text(
  (value) =>
    /^[0-9a-f]{40}$/i.test(value.replaceAll(" ", ""))
      ? undefined
      : {
          message: `${shown(value)} is not the fingerprint of a key`,
          remedy: "write 40 hexadecimal digits, as `gpg --show-keys` prints them",
        },
  {},
).transform((value) => value.replaceAll(" ", "").toUpperCase());

/** An amount of bytes as Kubernetes writes it, of at least `least` MiB; gives MiB. */
export const quantity = (least: number) =>
  text(
    (value) => {
      const given = mebibytesIn(value);
      if (given === undefined)
        return {
          message: `${shown(value)} is not an amount in Mi or Gi`,
          remedy: "write it as Kubernetes does, such as 2Gi or 1536Mi",
        };
      return given < least
        ? {
            message: `${shown(value)} is too little for a machine`,
            remedy: `write at least ${quantityOf(least)}`,
          }
        : undefined;
    },
    { pattern: quantityPattern.source, examples: ["2Gi", "1536Mi"] },
  ).transform((value) => mebibytesIn(value) ?? 0);

/** The base URL of a mirror, without a slash at its end. */
export const mirrorUrl = ({ registry = false } = {}) =>
  text((value) => urlFlaw(value, registry), { pattern: urlPattern.source })
    .transform((value) => value.replace(/\/+$/, ""))
    .meta({ format: "uri" });

const minors = Object.keys(kubernetesMinors).map(Number);

/** A minor release (`1.36`), or another release in full than the table of versions has for it (`1.36.1`). */
export const kubernetesVersion = text(versionFlaw, {})
  .transform(labVersion)
  // Numbers too: the loader reads an unquoted 1.36 as it is written.
  .meta({
    type: ["string", "number"],
    pattern: versionPattern,
    minimum: Math.min(...minors),
    maximum: Math.max(...minors),
    examples: Object.keys(kubernetesMinors),
  });

/** A key that people may know from elsewhere, and that the lab file does not take; `message` gives the reason. */
export const refused = (message: string) =>
  z
    .unknown()
    .superRefine((_, context) => {
      context.addIssue({ code: "custom", message, params: { remedy: "delete the line" } });
    })
    .meta({ not: {} });
