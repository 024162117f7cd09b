import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { makeAccount, removeAccounts, runOnAccounts } from "../../linux/account-notes.ts";
import { reportLeft } from "../../linux/before.ts";
import { step } from "../step.ts";

/** A note here for each user that the step made. */
const notes = "/etc/labwright/login-users";

export const userName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

/** A user of a machine with a home and a shell and nothing in it; nobody can log in as one before they are given a way. */
export const loginUser = step({
  params: z.strictObject({ name: userName }),

  probe: ({ name }) => ({ entry: sh`getent passwd ${name}` }),

  check: (facts, { name }, { machine }) =>
    facts.entry.code === 0 ? [] : [`${machine.name} has no user ${name}`],

  apply: async (host, { name }) => {
    const flags = ["--shell", "/bin/bash", "--comment", "made by labwright"];
    await runOnAccounts(host, name, makeAccount(name, `${notes}/${name}`, flags));
  },

  places: ({ name }) => [
    { kind: "account", name },
    { kind: "file", name: `/home/${name}` },
  ],

  undo: async (host, { name }, site) => {
    reportLeft(site, await runOnAccounts(host, name, removeAccounts(notes, [name])));
  },
});
