import { readFileSync } from "node:fs";
import { terminal } from "../../src/hosts/terminal.ts";

process.stdout.on("error", () => {});

/** `labwright ssh` without the rest: the access is in a file, what follows is the command. */
const [accessFile = "", ...command] = process.argv.slice(2);
const access = JSON.parse(readFileSync(accessFile, "utf8"));
process.exitCode = await terminal("lwtest", access, command.length > 0 ? command.join(" ") : undefined);
