import { template } from "../../template.ts";
import type { RuntimeFile } from "./container-runtime.ts";

/** Where crictl finds a runtime. */
export const crictlFile = (socket: string): RuntimeFile => ({
  path: "/etc/crictl.yaml",
  text: () => template("container-runtime/crictl.yaml", { socket }),
});
