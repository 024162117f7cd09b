import type { Command } from "commander";
import { atLeastOne, listed, portNumber } from "./program-options.ts";

/** `labwright class …`: a group of commands on the labs of several students; and `labwright board`. */
export function addClass(root: Command): void {
  const group = root.command("class").description("make, grade and reset a lab for each student of a class");
  const onClass = (usage: string, description: string) =>
    group
      .command(usage)
      .description(description)
      .option("-f, --file <file>", "the class file (default: class.yaml)");
  const onLabs = (usage: string, description: string) =>
    onClass(usage, description).option("--jobs <count>", "how many labs side by side", atLeastOne);
  const some = ["--student <names>", "only these students (NAME,NAME)", listed] as const;
  const events = ["--json", "print events as JSON lines"] as const;
  const document = ["--json", "print one JSON document"] as const;
  onLabs("up", "make or update the labs: the first one alone, and the others if they fit")
    .option(...some)
    .option(...events)
    .action(async (options) => (await import("./commands/class/up.ts")).classUp(options));
  onClass("status", "show each student's lab, and how far their exercises are")
    .option(...some)
    .option(...document)
    .action(async (options) => (await import("./commands/class/status.ts")).classStatus(options));
  onLabs("start <exercise>", "set an exercise up in the labs")
    .option(...some)
    .option(...events)
    .action(async (name, options) => (await import("./commands/class/start.ts")).classStart(name, options));
  onLabs("check [exercise]", "grade what is started, or one exercise; changes nothing in the labs")
    .option(...some)
    .option(...document)
    .action(async (name, options) => (await import("./commands/class/check.ts")).classCheck(name, options));
  onLabs("reset <students...>", "return the labs of these students to their baselines")
    .option(...events)
    .action(async (names, options) => (await import("./commands/class/reset.ts")).classReset(names, options));
  onLabs("pause", "freeze the labs: they take no processor time until `class resume` or `class up`")
    .option(...some)
    .option(...events)
    .action(async (options) => (await import("./commands/class/pause.ts")).classPause(options));
  onLabs("resume", "let paused labs go on")
    .option(...some)
    .option(...events)
    .action(async (options) => (await import("./commands/class/resume.ts")).classResume(options));
  onLabs("run <command>", "run a command as root in every lab, and print what it prints")
    .option("--machine <name>", "the machine of each lab (default: the control plane, or the first machine)")
    .option(...some)
    .option(...document)
    .action(async (command, options) => (await import("./commands/class/run.ts")).classRun(command, options));
  onClass("export [file]", "write the grades as CSV into a file, or print them")
    .option(...some)
    .option(...document)
    .action(async (file, options) => (await import("./commands/class/export.ts")).classExport(file, options));
  onLabs("down", "delete the labs; the results stay")
    .option("--forget", "forget the results too")
    .option(...some)
    .option(...events)
    .action(async (options) => (await import("./commands/class/down.ts")).classDown(options));
  root
    .command("board")
    .description("serve the pages of a class: one for the instructor, and one for each student, until Ctrl-C")
    .option("-f, --file <file>", "the class file (default: class.yaml)")
    .option("--listen <address>", "the address of this computer at which it listens", "127.0.0.1")
    .option("--port <port>", "its port", portNumber, 8080)
    .action(async (options) => (await import("./commands/board.ts")).board(options));
}
