import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { namesMissingIn } from "../../kubernetes/certificates.ts";
import { machineProbes, markOf } from "../../kubernetes/kubeadm.ts";
import { initConfig } from "../../kubernetes/kubeadm-config.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { entranceNames } from "../../lab/entrance.ts";
import { contentOf } from "../../linux/files.ts";
import { step } from "../step.ts";
import { initInputs } from "./kubeadm-init.ts";

const certificate = "/etc/kubernetes/pki/apiserver";
const configFile = "/etc/labwright/kubeadm-names.yaml";

export const apiServerNames = step({
  summary: "Renews the API server's certificate if it is not for the names of the lab's entrance.",
  params: z.strictObject({}),

  probe: () => ({
    mark: sh`test -e ${markOf("init")}`,
    certificate: contentOf(`${certificate}.crt`),
    ...machineProbes,
  }),

  check: (facts, _, { lab }) => {
    const names = entranceNames(lab);
    if (names.length === 0) return [];
    if (facts.mark.code !== 0) return ["the control plane has not been initialised"];
    return namesMissingIn(facts.certificate, names).map(
      (name) => `the API server's certificate is not for ${name}`,
    );
  },

  // The API server reads the new files by itself.
  apply: async (host, _, context, facts) => {
    await host.write({ path: configFile, content: initConfig(initInputs(facts, context)), mode: 0o600 });
    await host.run(sh`
      for end in crt key; do
        [ ! -e ${certificate}.$end ] || mv ${certificate}.$end ${certificate}.$end.before
      done
      ${nodeProgram("kubeadm")} init phase certs apiserver --config ${configFile} >/dev/null
      code=$?
      for end in crt key; do
        [ "$code" = 0 ] || mv -f ${certificate}.$end.before ${certificate}.$end
        rm -f ${certificate}.$end.before
      done
      rm -f ${configFile}
      [ "$code" = 0 ]`);
  },

  patience: { seconds: 60, for: "the API server's certificate" },
});
