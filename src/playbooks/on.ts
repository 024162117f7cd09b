import { z } from "zod";
import { localhost } from "../engine/graph.ts";

/** Names that older playbooks and exercises have for a machine. */
const oldNames: ReadonlyMap<string, string> = new Map([["here", localhost.name]]);

/** A role, a machine, or `localhost`. */
export const machineName = z
  .string()
  .min(1)
  .transform((name) => oldNames.get(name) ?? name);

/** What a play is on: one name, or a list. */
export const machineNames = z.union([machineName.transform((one) => [one]), z.array(machineName).min(1)]);
