import type { Artifacts } from "./types.ts";

/** What steps and providers use of a source, whichever it is. */
export type ArtifactStore = Omit<Artifacts, "source">;

/** A store that chooses its source when it is first asked for something: a run that changes nothing asks nobody. */
export function lazily(open: () => Promise<Artifacts>): ArtifactStore {
  let opened: Promise<Artifacts> | undefined;
  const store = () => {
    opened ??= open();
    return opened;
  };
  return {
    programs: async (...wanted) => (await store()).programs(...wanted),
    images: async (...wanted) => (await store()).images(...wanted),
    manifest: async (...wanted) => (await store()).manifest(...wanted),
    baseSystem: async (...wanted) => (await store()).baseSystem(...wanted),
    imagesAtHand: async (...wanted) => (await store()).imagesAtHand(...wanted),
  };
}

/** For what is read and never applied: `exercise list` needs no programs and no images. */
export const emptyStore: ArtifactStore = lazily(() =>
  Promise.reject(new Error("an artifact was requested by a run that applies nothing")),
);
