import type { ReleaseFile } from "../release-file.ts";
import type { ImageRecipe } from "./recipes.ts";

/** Images that a task needs, imported or pulled together, as data of the part that runs them. */
export interface ImageSet {
  /** Also the name of the record of a machine's images. */
  name: string;
  /** The images' names with their tags, for a version of Kubernetes: `1.36`, or in full `1.36.1`. */
  names(kubernetesVersion: string): string[];
  /** Which release the images belong to: another release needs other images. */
  release(kubernetesVersion: string): string;
  /** The manifest whose pods run the images. What it names counts, not `names`. */
  manifest?: ReleaseFile;
  /** How the images are made from Go modules, by the last part of their names, without its tag or with it. */
  recipes: Record<string, ImageRecipe>;
  /** Whether the images are brought only when an exercise starts that runs them, if they would have to be pulled. */
  forExercisesOnly?: true;
  /** What the images were made from, if labwright makes them and no registry has them. */
  madeFrom?: string;
}

/** A set whose images have the same names for every release of Kubernetes. */
export const fixedSet = (
  name: string,
  names: readonly string[],
  recipes: Record<string, ImageRecipe>,
): ImageSet => ({ name, names: () => [...names], release: () => names.join(" "), recipes });
