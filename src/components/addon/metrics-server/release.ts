import { fixedSet } from "../../../artifacts/images/image-set.ts";
import { path } from "../../../artifacts/images/recipes.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

/** The release that the wrapper module compiles, and whose objects are applied. */
export const metricsServerVersion = "0.8.0";

export const metricsServerImage = `registry.k8s.io/metrics-server/metrics-server:v${metricsServerVersion}`;

const file = (name: string, sha256: string): ReleaseFile => ({
  repository: "kubernetes-sigs/metrics-server",
  path: `v${metricsServerVersion}/manifests/base/${name}`,
  sha256,
  module: {
    component: "metrics-server",
    path: "sigs.k8s.io/metrics-server",
    file: `manifests/base/${name}`,
  },
});

/** The base that the release's own manifest is made from with kustomize; both sources have its files. */
export const metricsServerFiles: readonly ReleaseFile[] = [
  file("apiservice.yaml", "03266df7891b56dfffebb855a031b524ed20c6736846417ccd491dd91c6c0ec3"),
  file("deployment.yaml", "18970227f17d0c6cb8e7a4a1cdde847117703afd3b0777badf8a006cfea252c2"),
  file("rbac.yaml", "510be174d47ae7d05ae6908ccb7ca7111008f18b5d1a920ebc6de6582c23b854"),
  file("service.yaml", "1ce19a57f4769906255c3410a38a01fb0f803e21976ce160f506a90638cbb5c7"),
];

export const metricsServerImages = fixedSet("metrics-server", [metricsServerImage], {
  "metrics-server": {
    base: "scratch",
    programs: { "/metrics-server": { component: "metrics-server", program: "metrics-server" } },
    config: { Env: [path], Entrypoint: ["/metrics-server"], WorkingDir: "/" },
  },
});
