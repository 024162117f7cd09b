import { fakePrograms } from "./fake-programs.ts";

/** Puts a `docker` first in PATH for the tests of one file. The answer holds the folder that it is in, and DIR is that. */
export const fakeDocker = (script: string): { folder: string } => fakePrograms({ docker: script });
