import { z } from "zod";
import { type Scene, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { adminConf } from "./shared/kubectl.ts";

const userOf = (user: string | undefined, { machine }: Scene): string => user ?? machine.user;

/** admin.conf as ~/.kube/config of the control plane's login user, so that kubectl there works as that user. */
export const adminKubeconfig = step({
  params: z.strictObject({ user: z.string().optional() }),

  probe: ({ user }, scene) => ({
    admin: sh`sha256sum <${adminConf}`,
    file: sh`cd ~${userOf(user, scene)}/.kube && sha256sum <config`,
    mode: sh`cd ~${userOf(user, scene)}/.kube && stat -c '%U %a' config`,
  }),

  check: (facts, { user }, scene) => {
    const owner = userOf(user, scene);
    const path = `~${owner}/.kube/config`;
    if (facts.file.code !== 0) return [`${path} is missing`];
    return [
      ...(facts.file.stdout === facts.admin.stdout ? [] : [`${path} is not the cluster's admin.conf`]),
      ...(facts.mode.stdout.trim() === `${owner} 600`
        ? []
        : [`${path} has owner and mode ${facts.mode.stdout.trim()}, not ${owner} 600`]),
    ];
  },

  apply: async (host, { user }, site) => {
    const owner = userOf(user, site);
    await host.run(sh`
      cd ~${owner} || exit 1
      group=$(id -gn ${owner})
      [ -d .kube ] || install -d -m 700 -o ${owner} -g "$group" .kube
      if [ -e .kube/config ] && ! cmp -s ${adminConf} .kube/config; then cp -p .kube/config .kube/config.labwright-backup; fi
      install -m 600 -o ${owner} -g "$group" ${adminConf} .kube/config.new && mv -f .kube/config.new .kube/config`);
  },

  undo: async (host, { user }, site) => {
    await host.run(sh`
      cd ~${userOf(user, site)}/.kube 2>/dev/null || exit 0
      if [ -e config.labwright-backup ]; then mv -f config.labwright-backup config; else rm -f config; fi`);
  },
});
