import { type Command, sh } from "../hosts/sh.ts";

/** The command `labwright` on the machine at which a student logs in; `templates/seat/labwright` is its text. */
export const studentCommand = "/usr/local/bin/labwright";

/** The command's second line. */
const mark = "# Written by labwright: the board of the class keeps this command.";

/** Succeeds if the file is the command that we have put there, and not somebody else's program of that name. */
export const isStudentCommand = (path: string): Command =>
  sh`{ [ -f ${path} ] && [ ! -L ${path} ] && [ "$(sed -n 2p ${path})" = ${mark} ]; }`;
