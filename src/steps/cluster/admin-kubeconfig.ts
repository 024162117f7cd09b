import { z } from "zod";
import type { CheckContext } from "../../engine/step.ts";
import { asUser, rights } from "../../hosts/rights.ts";
import { sh } from "../../hosts/sh.ts";
import { adminConf } from "../../kubernetes/kubectl.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { userName } from "../machine/login-user.ts";
import { step } from "../step.ts";

/** For each user separately: an exercise's undo must not restore a kubeconfig that the lab made for another user. */
const ownerOf = (user: string): string => `admin-kubeconfig-${user}`;

const userOf = (user: string | undefined, { machine }: CheckContext): string => user ?? machine.user;

/** kubectl's cache, which kubectl creates. */
const besides = (home: string) => ({ [`${home}/.kube/cache`]: ["discovery", "http"] });

const taking = sh`
  umask 077
  [ -d .kube ] || mkdir .kube || exit 1
  cat >.kube/config.new && mv -f .kube/config.new .kube/config`;

export const adminKubeconfig = step({
  summary:
    "Gives a user of the control plane the cluster's admin.conf as `~/.kube/config`, with owner and mode 600.",
  params: z.strictObject({
    user: userName.optional().describe("The user who gets the file; without it, the machine's login user."),
  }),
  example: { user: "thor" },

  probe: ({ user }, context) => ({
    admin: sh`sha256sum <${adminConf}`,
    file: sh`cd ~${userOf(user, context)}/.kube && sha256sum <config`,
    mode: sh`cd ~${userOf(user, context)}/.kube && stat -c '%U %a' config`,
  }),

  check: (facts, { user }, context) => {
    const owner = userOf(user, context);
    const path = `~${owner}/.kube/config`;
    if (facts.file.code !== 0) return [`${path} is missing`];
    return [
      ...(facts.file.stdout === facts.admin.stdout ? [] : [`${path} is not the cluster's admin.conf`]),
      ...(facts.mode.stdout.trim() === `${owner} 600`
        ? []
        : [`${path} has owner and mode ${facts.mode.stdout.trim()}, not ${owner} 600`]),
    ];
  },

  apply: async (host, { user }, context) => {
    const owner = userOf(user, context);
    const home = (await host.run(sh`getent passwd ${owner} | cut -d: -f6`)).stdout.trim();
    await host.run(backUp(ownerOf(owner), { files: [`${home}/.kube/config`], freshFolders: besides(home) }));
    // Written by the user: the path in the user's home may be a link to anywhere.
    await host.run(sh`${rights}
      ${asUser(owner, taking)} <${adminConf}`);
  },

  undo: async (host, { user }, context) => {
    await restore(host, context, ownerOf(userOf(user, context)));
  },
});
