import type { ApplyContext } from "../engine/step.ts";
import type { ArtifactStore } from "./lazy.ts";

/** What a step's `apply`, `undo` and `prepare` may use: all that the engine gives them, and programs and images. */
export interface StepContext extends ApplyContext {
  readonly artifacts: ArtifactStore;
}
