import { template } from "../template.ts";
import { Command } from "./sh.ts";

/** Shell functions of templates/, to be defined before they are called; if commands are shown, only the calls are. */
export const script = (path: string): Command => Command.of(template(path), "");
