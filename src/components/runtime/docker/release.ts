import type { ProgramSet } from "../../../artifacts/program-set.ts";

/** The release that the wrapper module compiles. */
export const criDockerdVersion = "0.3.17";

/** It is released as archives on GitHub, which no package repository has. */
export const criDockerdPrograms: ProgramSet = {
  name: "cri-dockerd",
  compiled: { component: "cri-dockerd" },
  range: () => criDockerdVersion,
};
