import { fixedSet } from "../../../artifacts/images/image-set.ts";
import { path } from "../../../artifacts/images/recipes.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

/** The release that the wrapper module compiles, and whose objects are applied. */
export const skipperVersion = "0.26.0";

export const skipperImage = `ghcr.io/zalando/skipper:v${skipperVersion}`;

const file = (name: string, sha256: string): ReleaseFile => ({
  repository: "zalando/skipper",
  path: `v${skipperVersion}/docs/kubernetes/deploy/deployment/${name}`,
  sha256,
  module: {
    component: "skipper",
    path: "github.com/zalando/skipper",
    file: `docs/kubernetes/deploy/deployment/${name}`,
  },
});

/** https://opensource.zalando.com/skipper/kubernetes/ingress-controller/#install-skipper-as-ingress-controller */
export const skipperFiles: readonly ReleaseFile[] = [
  file("deployment.yaml", "ad1f81de74198b45378f72196a18ca4efbe9430629216bf7c6ed639cacbad63a"),
  file("rbac.yaml", "c6f644c66e3eb7144833635b64c92dd0f56f71f66891f6bb5ad3af8417c3bee5"),
  file("service.yaml", "4cb78ed7a610647af3b2951db17b88113a39615844c1270183119a3f6ad29067"),
];

export const skipperImages = fixedSet("skipper", [skipperImage], {
  skipper: {
    base: "scratch",
    programs: { "/usr/bin/skipper": { component: "skipper", program: "skipper" } },
    config: { Env: [path], Cmd: ["/usr/bin/skipper"], WorkingDir: "/" },
  },
});
