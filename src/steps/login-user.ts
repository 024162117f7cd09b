import { z } from "zod";
import { step } from "../engine/step.ts";
import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import { isOrdinaryUser } from "./shared/accounts.ts";

/** What is in the user's comment field tells that labwright made the user, and so may take it away. */
const comment = "made by labwright";

export const userName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

/** A user of a machine with a home and a shell and nothing in it; nobody can log in as one before they are given a way. */
export const loginUser = step({
  params: z.strictObject({ name: userName }),

  probe: ({ name }) => ({ entry: sh`getent passwd ${name}` }),

  check: (facts, { name }, { machine }) =>
    facts.entry.code === 0 ? [] : [`${machine.name} has no user ${name}`],

  apply: async (host, { name }) => {
    const { code } = await host.run(
      sh`useradd --create-home --shell /bin/bash --comment ${comment} ${name}`,
      {
        accept: [0, 9],
      },
    );
    if (code === 9) throw taken(name, host.name);
  },

  places: ({ name }) => [
    { kind: "account", name },
    { kind: "file", name: `/home/${name}` },
  ],

  undo: async (host, { name }) => {
    await host.run(sh`
      [ "$(getent passwd ${name} | cut -d: -f5)" = ${comment} ] || exit 0
      ${isOrdinaryUser(name)} || { echo "$(getent passwd ${name})" is not the account that labwright made >&2; exit 1; }
      pkill -KILL -u "$uid"
      userdel --force --remove ${name} 2>/dev/null
      ! getent passwd ${name} >/dev/null`);
  },
});

const taken = (name: string, host: string): LabwrightError =>
  new LabwrightError({
    code: "user-taken",
    message: `${host} has a user or a group ${name} already`,
    remedy: `rename it, or give the user of the playbook another name`,
  });
