import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { exitCode, LabwrightError } from "./errors.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Each command is loaded only when it is called, so that `--help` costs little more than node itself. */
export function program(): Command {
  const root = new Command("labwright")
    .description("Builds real Kubernetes labs from one file, proves that they work, and puts them back.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(see `labwright --help`)")
    .enablePositionalOptions();

  const onLab = commandOnLab(root);

  onLab("up", "make the lab as its file says; what is so already is left alone")
    .option("--json", "events as JSON lines")
    .option("--recreate <names>", recreateText, listed, [])
    .option("--forget <names>", forgetText, listed, [])
    .option("--timeline", "show where the time went")
    .action(async (options) => (await import("./commands/up.ts")).up(options));
  onLab("plan", "say what `up` would change, and why; exit 3 when there is something")
    .option("--json", "as one JSON document")
    .option("--recreate <names>", recreateText, listed, [])
    .action(async (options) => (await import("./commands/plan.ts")).plan(options));
  onLab("verify", "run every check and change nothing; exit 1 when one is not ok")
    .option("--json", "events as JSON lines")
    .option("--junit <file>", "write a JUnit report")
    .action(async (options) => (await import("./commands/verify.ts")).verify(options));
  onLab("status", "machines, versions, health of each component, expiry of certificates")
    .option("--json", "as one JSON document")
    .option("--credentials", "show the passwords made for the lab's accounts, and nothing else")
    .action(async (options) => (await import("./commands/status.ts")).status(options));
  onLab("ssh", "a terminal on a machine (default: the control plane, or the first), or one command there")
    .argument("[machine]", "the machine's name")
    .argument("[command...]", "a command instead of a terminal")
    .option("-u, --user <name>", "log in as another of the machine's accounts")
    .passThroughOptions()
    .action(async (machine, command, options) =>
      (await import("./commands/ssh.ts")).ssh(machine, command, options),
    );
  onLab("ssh-config", "print Host blocks by which plain ssh, scp and rsync reach the machines").action(
    async (options) => (await import("./commands/ssh-config.ts")).sshConfig(options),
  );
  onLab("kubeconfig", "print a kubeconfig with the lab's context alone")
    .option("--proxy", "offer the proxy that the context of a lab behind a jump host names, until Ctrl-C")
    .action(async (options) => (await import("./commands/kubeconfig.ts")).kubeconfig(options));
  onLab("down", "take the lab away: machines, network, kubeconfig context; nothing else")
    .option("--json", "events as JSON lines")
    .option("--forget <names>", forgetText, listed, [])
    .action(async (options) => (await import("./commands/down.ts")).down(options));
  onLab("adopt", "take over a lab whose folder was lost, or that an older labwright made")
    .option("--yes", "do not ask")
    .option("--force", "also if its owner's folder is still on this computer")
    .action(async (options) => (await import("./commands/adopt.ts")).adopt(options));
  addExercise(root);

  onLab("smoke", "from nothing to nothing: up, verify, down; one report for CI")
    .option("--json", "events as JSON lines")
    .option("--exercise <name>", "prove an exercise too; repeatable", repeated, [])
    .option("--junit <file>", "write a JUnit report")
    .option("--summary <file>", "write a Markdown summary")
    .option("--evidence <folder>", "where a part fails, collect logs and the cluster's state")
    .option("--limit <time>", "how long everything before `down` may take", "60m")
    .option("--part-limit <part=time>", "how long one part may take; repeatable", repeated, [])
    .option("--keep-on-failure [time]", "leave a lab that failed, for this long (default: 2h)")
    .action(async (options) => (await import("./commands/smoke.ts")).smoke(options));
  root
    .command("sweep")
    .description("list what labwright has made in clouds, by tag; needs no lab file and no state")
    .option("--delete", "remove what has expired")
    .option("--lab <name>", "only of this lab")
    .option("--json", "as one JSON document")
    .action(async (options) => (await import("./commands/sweep.ts")).sweep(options));
  onLab("machines", "print the machines of a lab on Vagrant as JSON, for the Vagrantfile").action(
    async (options) => (await import("./commands/machines.ts")).machines(options),
  );
  root
    .command("doctor")
    .description("look at what this computer can do for labs")
    .option("--fix", "install and start what is missing")
    .option("-f, --file <file>", "the lab file (default: lab.yaml if it is there)")
    .option("--provider <name>", "what machines are made by, in place of the lab file's own")
    .option("--stop-engine", "stop the engines that labwright started")
    .action(async (options) => (await import("./commands/doctor.ts")).doctor(options));
  root
    .command("init")
    .description("write a commented lab file to start from")
    .argument("[file]", "where to", "lab.yaml")
    .action(async (file) => (await import("./commands/init.ts")).init(file));
  root
    .command("schema")
    .description("print the JSON Schema of lab files, for editors")
    .action(async () => (await import("./commands/schema.ts")).schema());
  return root;
}

/** `labwright exercise …`: a command of commands. */
function addExercise(root: Command): void {
  const group = root
    .command("exercise")
    .description("tasks for students: set up, graded, solved and put back");
  const onLab = commandOnLab(group);
  onLab("list", "all exercises, and what this lab lacks for each")
    .option("--json", "as one JSON document")
    .action(async (options) => (await import("./commands/exercise/list.ts")).list(options));
  onLab("start <name>", "set an exercise up, and show its task")
    .option("--json", "events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/start.ts")).start(name, options));
  onLab("check <name>", "grade it and change nothing; exit 1 when a goal is not right")
    .option("--json", "as one JSON document")
    .option("--junit <file>", "write a JUnit report")
    .action(async (name, options) => (await import("./commands/exercise/check.ts")).check(name, options));
  onLab("hint <name>", "the next hint; a check that fails unlocks the one after it")
    .option("--json", "as one JSON document")
    .action(async (name, options) => (await import("./commands/exercise/hint.ts")).hint(name, options));
  onLab("solve <name>", "do the student's work; it gives no points")
    .option("--json", "events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/solve.ts")).solve(name, options));
  onLab("reset <name>", "bring the lab back to what it was before the start")
    .option("--forget", "take the lab as it is now instead")
    .option("--json", "events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/reset.ts")).reset(name, options));
  onLab("prove [names...]", "show that exercises are wrong after setup, right when solved, and put back")
    .option("--all", "all that this lab has what they need for")
    .option("--json", "events as JSON lines")
    .option("--junit <file>", "write a JUnit report")
    .action(async (names, options) => (await import("./commands/exercise/prove.ts")).prove(names, options));
  onLab("new <name>", "lay an exercise out in the folder exercises beside the lab file").action(
    async (name, options) => (await import("./commands/exercise/new.ts")).newExercise(name, options),
  );
}

/** Adds commands that work on a lab, with the options that all of them have. */
const commandOnLab = (parent: Command) => (usage: string, description: string) =>
  parent
    .command(usage)
    .description(description)
    .option("-f, --file <file>", "the lab file (default: lab.yaml)")
    .option("--provider <name>", "what the machines are made by, in place of the lab file's own")
    .option(
      "--sudo-password-file <file>",
      "holds what sudo asks for on hosts that exist already: one password, or `machine: password` lines",
    );

const recreateText = "delete these machines with everything on them (NAME,NAME), and create them again";

const forgetText =
  "leave these existing hosts (NAME,NAME) as they are: they are gone for good, and cannot be given back";

/** For options that take several values, also with commas between them. */
const listed = (value: string, before: string[]): string[] => [...before, ...value.split(",")];

/** For options that may be given several times. */
const repeated = (value: string, before: string[]): string[] => [...before, value];

/** Runs the command line of this process; its errors become words on standard error and an exit code. */
export async function main(): Promise<void> {
  let isInterrupted: (() => boolean) | undefined;
  try {
    const commands = program().hook("preAction", async () => {
      const signal = (await import("./session/interrupt.ts")).interruption();
      isInterrupted = () => signal.aborted;
    });
    await commands.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
      return;
    }
    const { interruptionIn } = await import("./interruption.ts");
    const said = interruptionIn(error) ?? error;
    const { chooseOutput } = await import("./ui/choose.ts");
    chooseOutput({ json: process.argv.includes("--json") }).printError(said);
    process.exitCode = said instanceof LabwrightError ? said.exit : exitCode.failed;
  } finally {
    if (isInterrupted?.()) {
      // Work that came to its end all the same has said nothing of the interruption.
      if (!process.exitCode) (await import("./ui/print.ts")).tell("interrupted; nothing was left to do\n");
      // All work has come to its boundary: what still runs is a look that nobody waits for.
      process.exit(exitCode.interrupted);
    }
  }
}
