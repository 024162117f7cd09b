import type { ImageSet } from "./images/image-set.ts";
import type { ProgramSet } from "./program-set.ts";

/** What a lab will run for certain. */
export interface Needs {
  programs: readonly ProgramSet[];
  images: readonly ImageSet[];
}
