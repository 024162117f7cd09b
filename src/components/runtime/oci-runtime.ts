import { template } from "../../template.ts";
import type { RuntimeFile } from "./container-runtime.ts";

/** Runtimes call it instead of runc on machines whose programs may not lower oom_score_adj. */
export const ociRuntime = "/usr/local/bin/labwright-oci-runtime";

export const ociRuntimeFile = {
  path: ociRuntime,
  mode: 0o755,
  text: () => template("container-runtime/oci-runtime"),
} as const satisfies RuntimeFile;
