import { readdir } from "node:fs/promises";
import { exerciseFolders } from "../exercises/find.ts";
import { readLab } from "../session/session.ts";

/** The machines of the lab file in this folder; none without a valid one. */
export const machineNames = (): Promise<string[]> =>
  readLab({ file: "lab.yaml" }).then(
    ({ machines }) => machines.map(({ name }) => name),
    () => [],
  );

/** labwright's own exercises, and those beside a lab file in this folder. */
export const exerciseNames = async (): Promise<string[]> => [...(await exerciseFolders("lab.yaml")).keys()];

/** The YAML files in this folder. */
export const yamlFiles = async (): Promise<string[]> =>
  (await readdir(".").catch(() => [])).filter((name) => /\.ya?ml$/.test(name));
