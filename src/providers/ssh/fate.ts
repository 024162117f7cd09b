import type { HostObservation } from "./observation.ts";

/** The state of a host that the lab has taken. */
export type Fate =
  /** It has the lab's mark of that taking. */
  | { kind: "ours"; observation: HostObservation }
  /** Nothing of the lab is there any more. */
  | { kind: "clean" }
  /** It cannot be restored; the reason follows its name. */
  | { kind: "silent" | "lost"; why: string };
