import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Machine } from "../../lab/types.ts";
import { contentOf } from "../../linux/files.ts";
import { step } from "../step.ts";

/** sshd uses the first value that it reads (sshd_config(5)), and reads files in the order of their names. */
const file = "/etc/ssh/sshd_config.d/10-labwright.conf";

const rootLogins = { none: "no", key: "prohibit-password", password: "yes" } as const;

/** The lab file's settings for a machine's sshd. */
function settings({ login, rootLogin }: Machine): Record<string, string> {
  return {
    ...(login && { PasswordAuthentication: login.includes("password") ? "yes" : "no" }),
    ...(rootLogin && { PermitRootLogin: rootLogins[rootLogin] }),
  };
}

const textOf = (machine: Machine): string =>
  Object.entries(settings(machine))
    .map(([keyword, value]) => `${keyword} ${value}\n`)
    .join("");

/** `sshd -T` prints the old word for `prohibit-password`. */
const asSaid = (value: string): string => (value === "prohibit-password" ? "without-password" : value);

const reload: Command = sh`systemctl reload ssh 2>/dev/null || systemctl reload sshd`;

export const sshLogin = step({
  summary: "Sets whether people and root may log in to the machine with passwords, as the lab file says.",
  params: z.strictObject({}),

  probe: (_, { machine }) => ({
    file: contentOf(file),
    effective: textOf(machine) === "" ? sh`true` : sh`PATH=$PATH:/usr/sbin sshd -T 2>/dev/null`,
  }),

  check: (facts, _, { machine }) => {
    const wanted = textOf(machine);
    if (wanted === "") return facts.file.code === 0 ? [`${file} is there, and nothing asks for it`] : [];
    if (facts.file.stdout !== wanted) return [`${file} differs from what the lab file asks for`];
    const said = facts.effective.stdout.split("\n");
    return Object.entries(settings(machine)).flatMap(([keyword, value]) =>
      said.includes(`${keyword.toLowerCase()} ${asSaid(value)}`)
        ? []
        : [`sshd does not go by ${keyword} ${value} in ${file}`],
    );
  },

  apply: async (host, _, { machine }) => {
    const content = textOf(machine);
    if (content === "") await host.run(sh`rm -f ${file}`);
    else await host.write({ path: file, content });
    await host.run(reload);
  },

  undo: async (host) => {
    await host.run(sh`[ ! -e ${file} ] || { rm -f ${file}; ${reload}; }`);
  },
});
