import type { FixedComponent } from "./components.ts";

/** A file in a project's release at GitHub, pinned by its content. */
export interface ReleaseFile {
  /** `owner/name`. */
  repository: string;
  /** The tag or branch, and the path below it. */
  path: string;
  /** Hexadecimal. */
  sha256: string;
  /** Where the modules source finds the file: in a Go module that a wrapper module requires. Absent: only upstream has it. */
  module?: { component: FixedComponent; path: string; file: string };
}
