import { fixedSet, type ImageSet } from "./image-set.ts";
import { type ImageRecipe, path } from "./recipes.ts";

/** The exercises' small application; its versions differ in what they answer. */
const web = (version: string): ImageRecipe => ({
  base: "scratch",
  programs: { "/usr/local/bin/web": { component: "web", program: "web" } },
  config: {
    Env: [path, `VERSION=${version}`],
    Entrypoint: ["/usr/local/bin/web"],
    User: "65535:65535",
    WorkingDir: "/",
    ExposedPorts: { "8080/tcp": {} },
  },
});

/**
 * The exercises' own images. Their names are the same in every labwright: `madeFrom`, a hash of infra/modules/web and the
 * recipes, distinguishes them. A test reports the new hash when either changes.
 */
export const exerciseImages: ImageSet & { madeFrom: string } = {
  ...fixedSet("exercises", ["docker.io/labwright/web:1", "docker.io/labwright/web:2"], {
    "web:1": web("1"),
    "web:2": web("2"),
  }),
  forExercisesOnly: true,
  madeFrom: "500beee0e57f",
};
