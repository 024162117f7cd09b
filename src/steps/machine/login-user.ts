import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { makeAccount, removeAccounts, runOnAccounts } from "../../linux/account-notes.ts";
import { reportLeft } from "../../linux/backup.ts";
import { step } from "../step.ts";

/** A note for each user that the step made. */
const notes = "/etc/labwright/login-users";

export const userName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a user name is expected: lower-case letters, digits and hyphens");

export const loginUser = step({
  summary:
    "Creates a user with a home and a shell; nobody can log in as this user until a key or a password is set.",
  params: z.strictObject({ name: userName.describe("The name of the user.") }),
  example: { name: "thor" },

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

  undo: async (host, { name }, context) => {
    reportLeft(context, await runOnAccounts(host, name, removeAccounts(notes, [name])));
  },
});
