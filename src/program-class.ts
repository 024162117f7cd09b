import { type Command, Option } from "commander";
import { atLeastOne, listed, portNumber } from "./program-options.ts";

const formatText = "the form of the export (default: json for a file whose name ends with .json, else csv)";
const homeText = "for xapi, the site whose accounts the students are (default: one of the class alone)";
const labsText =
  "write a folder for each student instead: grades, what differs from the baseline in the lab, changed files";

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
    .option("--paused", "freeze each new lab as soon as it is ready; running labs keep running")
    .option(...some)
    .option(...events)
    .action(async (options) => (await import("./commands/class/up.ts")).classUp(options));
  onLabs("rehearse", "make one lab, prove every exercise in it, estimate what all labs take, and remove it")
    .option("--keep", "keep the lab, and print its name")
    .option("--clean", "only remove what an earlier rehearsal has left")
    .option(...document)
    .action(async (options) => (await import("./commands/class/rehearse.ts")).classRehearse(options));
  onClass("status", "show each student's lab, and how far their exercises are")
    .option(...some)
    .option(...document)
    .action(async (options) => (await import("./commands/class/status.ts")).classStatus(options));
  onLabs("start <exercise>", "set an exercise up in the labs")
    .option("--early", "start it before the time at which the class file opens it")
    .option(...some)
    .option(...events)
    .action(async (name, options) => (await import("./commands/class/start.ts")).classStart(name, options));
  onLabs("check [exercise]", "grade what is started, or one exercise; changes nothing in the labs")
    .option(...some)
    .option(...document)
    .action(async (name, options) => (await import("./commands/class/check.ts")).classCheck(name, options));
  onClass("hint <exercise>", "take the next hint for a student, and show those taken so far")
    .requiredOption("--student <name>", "the student")
    .option(...document)
    .action(async (name, options) => (await import("./commands/class/hint.ts")).classHint(name, options));
  onClass("extend <student> <exercise>", "give a student more time for a started exercise")
    .requiredOption("--by <minutes>", "how many minutes, from 1 to 600", atLeastOne)
    .option(...document)
    .action(async (student, exercise, options) =>
      (await import("./commands/class/extend.ts")).classExtend(student, exercise, options),
    );
  onLabs("reset <students...>", "return the labs of these students to their baselines")
    .option(...events)
    .action(async (names, options) => (await import("./commands/class/reset.ts")).classReset(names, options));
  onClass("add <student>", "add a student to the class file, or to the list of students that it names")
    .option("--display <name>", "the person's real name")
    .action(async (name, options) => (await import("./commands/class/add.ts")).classAdd(name, options));
  onClass("remove <student>", "remove a student from the class file, or from the list of students")
    .option("--down", "delete the student's lab first; the results stay")
    .action(async (name, options) => (await import("./commands/class/remove.ts")).classRemove(name, options));
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
  onLabs(
    "export [file]",
    "write the grades as CSV or JSON, or statements of xAPI, into a file, or print them",
  )
    .addOption(new Option("--format <format>", formatText).choices(["csv", "json", "xapi"]))
    .option("--home-page <url>", homeText)
    .option("--labs <folder>", labsText)
    .option(...some)
    .option(...document)
    .action(async (file, options) => (await import("./commands/class/export.ts")).classExport(file, options));
  onClass("cards [file]", "write a printable page for each student: login, passwords, first task")
    .option("--board <url>", "the address of the board, for a link and its QR code on each card")
    .option(...some)
    .action(async (file, options) =>
      (await import("./commands/class/cards.ts")).classCards(file ?? "cards.html", options),
    );
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
    .option("--page-port <port>", "the port for what labs serve (default: the one after --port)", portNumber)
    .action(async (options) => (await import("./commands/board.ts")).board(options));
}
