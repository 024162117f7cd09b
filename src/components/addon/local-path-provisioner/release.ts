import { fixedSet } from "../../../artifacts/images/image-set.ts";
import { path } from "../../../artifacts/images/recipes.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

/** The release that the wrapper module compiles, and whose objects are applied. */
export const localPathVersion = "0.0.30";

export const localPathImage = `docker.io/rancher/local-path-provisioner:v${localPathVersion}`;

export const localPathFile: ReleaseFile = {
  repository: "rancher/local-path-provisioner",
  path: `v${localPathVersion}/deploy/local-path-storage.yaml`,
  sha256: "fe682186b00400fe7e2b72bae16f63e47a56a6dcc677938c6642139ef670045e",
  module: {
    component: "local-path-provisioner",
    path: "github.com/rancher/local-path-provisioner",
    file: "deploy/local-path-storage.yaml",
  },
};

/** The release's image has a shell, and so has ours: the pods that make and remove a volume's folder run in it. */
export const localPathImages = fixedSet("local-path-provisioner", [localPathImage], {
  "local-path-provisioner": {
    base: "userland",
    programs: {
      "/usr/bin/local-path-provisioner": {
        component: "local-path-provisioner",
        program: "local-path-provisioner",
      },
    },
    config: { Env: [path], Cmd: ["local-path-provisioner"], WorkingDir: "/" },
  },
});
