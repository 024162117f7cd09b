import { shownSize } from "../../lab/sizes.ts";
import type { Machine } from "../../lab/types.ts";
import type { Survey } from "./survey.ts";

/** Firmware and kernel keep some of the memory for themselves, and a file system some of its disk. */
const tolerance = { cpus: 1, memory: 1.1, disk: 1.1 } as const;
const keys = ["cpus", "memory", "disk"] as const;

/** What a host lacks of the size that the lab file names, each with a remedy. */
export function tooSmall(machine: Machine, { size }: Survey): { message: string; remedy: string }[] {
  const { name } = machine;
  return keys.flatMap((key) => {
    const wanted = machine[key];
    if (wanted === undefined || size[key] * tolerance[key] >= wanted) return [];
    const has = shownSize(key, size[key]);
    return [
      {
        message: `${name} has ${key}: ${has}, and the lab file names ${shownSize(key, wanted)}`,
        remedy: `Use a larger host for ${name}, or write \`${key}: ${has}\` in the lab file.`,
      },
    ];
  });
}
