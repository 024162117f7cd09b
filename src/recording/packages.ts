import { lines } from "../hosts/sh.ts";
import { eachFamily } from "../linux/family.ts";
import type { Recorder } from "./types.ts";

/** Installed packages with their versions, of whichever package manager the machine has. */
export const packageRecorder: Recorder = {
  owns: (kind) => kind === "package",
  probe: lines(eachFamily(({ listPackages }) => listPackages)),
  read: (printed) =>
    printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [name = "", value = ""] = line.split(" ");
        return { kind: "package", name, value };
      }),
  remove: (items) => lines(eachFamily(({ purgePackages }) => purgePackages(items.map(({ name }) => name)))),
};
