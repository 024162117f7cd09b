import { Argument, Command, CommanderError } from "commander";
import { exitCode, LabwrightError } from "./errors.ts";
import { ownVersion } from "./own-version.ts";
import { addClass } from "./program-class.ts";
import { atLeastOne, listed, repeated } from "./program-options.ts";

/** Each command is loaded only when it is called, so that `--help` starts almost as fast as node itself. */
export function program(): Command {
  const root = labCommands();
  root
    .command("completion")
    .description("print a script with which your shell completes commands, options and names")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish", "powershell"]))
    .action(async (shell) => (await import("./program-completion.ts")).completion(labCommands(), shell));
  root
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words) => (await import("./program-completion.ts")).complete(labCommands(), words));
  return root;
}

function labCommands(): Command {
  const root = new Command("labwright")
    .description("Builds real Kubernetes labs from one file, verifies that they work, and resets them.")
    .version(ownVersion)
    .exitOverride()
    .showHelpAfterError("(see `labwright --help`)")
    .enablePositionalOptions();

  const onLab = commandOnLab(root);

  onLab("up", "create or update the lab to match its file")
    .option("--json", "print events as JSON lines")
    .option("--recreate <names>", recreateText, listed, [])
    .option("--forget <names>", forgetText, listed, [])
    .option("--fresh", "do not take a spare for a lab that does not exist")
    .option("--timeline", "show where the time went")
    .action(async (options) => (await import("./commands/up.ts")).up(options));
  onLab("upgrade", "show what another release of Kubernetes changes, write it into the lab file, and upgrade")
    .requiredOption("--to <version>", "the release: a minor (1.37) or in full (1.37.2)")
    .option("--yes", "do not ask")
    .action(async (options) => (await import("./commands/upgrade.ts")).upgrade(options));
  onLab("plan", "show what `up` would change, and why; exit 3 if there are changes")
    .option("--json", "print one JSON document")
    .option("--recreate <names>", recreateText, listed, [])
    .action(async (options) => (await import("./commands/plan.ts")).plan(options));
  onLab("verify", "run every check and change nothing; exit 1 if a check fails")
    .option("--json", "print events as JSON lines")
    .option("--junit <file>", "write a JUnit report")
    .action(async (options) => (await import("./commands/verify.ts")).verify(options));
  onLab("status", "show machines, versions, the health of each component and the expiry of certificates")
    .option("--json", "print one JSON document")
    .option("--credentials", "show the passwords made for the lab's accounts, and nothing else")
    .action(async (options) => (await import("./commands/status.ts")).status(options));
  onLab(
    "ssh",
    "open a terminal on a machine (default: the control plane, or the first machine), or run one command",
  )
    .argument("[machine]", "the machine's name")
    .argument("[command...]", "the command to run instead of a terminal")
    .option("-u, --user <name>", "log in as another account of the machine")
    .passThroughOptions()
    .action(async (machine, command, options) =>
      (await import("./commands/ssh.ts")).ssh(machine, command, options),
    );
  onLab(
    "logs",
    "print the end of a machine's journal, or of the logs of a unit or container on every machine",
  )
    .argument("<name>", "a machine, a systemd unit (kubelet), or a container (kube-apiserver)")
    .option("--machine <name>", "only on this machine")
    .option("--lines <count>", "how many lines of each log", atLeastOne, 100)
    .action(async (name, options) => (await import("./commands/logs.ts")).logs(name, options));
  onLab("ssh-config", "print Host blocks with which ssh, scp and rsync reach the machines").action(
    async (options) => (await import("./commands/ssh-config.ts")).sshConfig(options),
  );
  onLab("kubeconfig", "print a kubeconfig that contains only the lab's context")
    .option("--proxy", "run the proxy that the context of a lab behind a jump host needs, until Ctrl-C")
    .action(async (options) => (await import("./commands/kubeconfig.ts")).kubeconfig(options));
  onLab("down", "delete the lab: machines, network and kubeconfig context, and nothing else")
    .option("--json", "print events as JSON lines")
    .option("--forget <names>", forgetText, listed, [])
    .action(async (options) => (await import("./commands/down.ts")).down(options));
  onLab("adopt", "take over a lab whose folder was lost, or that an older labwright created")
    .option("--yes", "do not ask")
    .option("--force", "adopt it even if its owner's folder is still on this computer")
    .action(async (options) => (await import("./commands/adopt.ts")).adopt(options));
  onLab("reset", "return the lab to its baseline, in the cheapest way whose proof holds")
    .option("--machine <name>", "reset only this machine")
    .option("--task <exercise>", "reset only what this exercise has made")
    .option("--dry-run", "list what would be removed or put back, and change nothing")
    .option("--spare", "take a spare, without trying to repair the machines")
    .option("--rebuild", "create the machines again, without trying to repair them")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/reset.ts")).reset(options));
  onLab("pause", "freeze the machines: they take no processor time until `resume` or `up`")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/pause.ts")).pause(options));
  onLab("resume", "let a paused lab go on; after a restart of the computer, start its machines")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/resume.ts")).resume(options));
  addBaseline(root);
  addSnapshot(root);
  addSpare(root);
  addExercise(root);
  addClass(root);
  addCerts(root);
  addEtcd(root);

  onLab("smoke", "CI smoke test: create, verify and delete a lab, with one report")
    .option("--json", "print events as JSON lines")
    .option("--exercise <name>", "prove an exercise too; repeatable", repeated, [])
    .option("--junit <file>", "write a JUnit report")
    .option("--summary <file>", "write a Markdown summary")
    .option("--evidence <folder>", "if a part fails, collect logs and the cluster's state in this folder")
    .option("--limit <time>", "time limit for `up`, `verify` and exercises together", "60m")
    .option("--part-limit <part=time>", "time limit for one part; repeatable", repeated, [])
    .option("--keep-on-failure [time]", "if the test fails, keep the lab for this long (default: 2h)")
    .action(async (options) => (await import("./commands/smoke.ts")).smoke(options));
  root
    .command("list")
    .description("list the labs that this computer has made, and what their machines do; needs no lab file")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/list.ts")).list(options));
  root
    .command("sweep")
    .description("list the cloud resources that labwright has created, by tag; needs no lab file")
    .option("--delete", "delete the resources that have expired")
    .option("--lab <name>", "only the resources of this lab")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/sweep.ts")).sweep(options));
  onLab("machines", "print the machines of a lab on Vagrant as JSON, for the Vagrantfile").action(
    async (options) => (await import("./commands/machines.ts")).machines(options),
  );
  root
    .command("doctor")
    .description("check what this computer needs to run labs")
    .option("--fix", "install and start what is missing")
    .option("-f, --file <file>", "the lab file (default: lab.yaml, if it exists)")
    .option("--provider <name>", "the provider to use instead of the one in the lab file")
    .option("--stop-engine", "stop the engines that labwright started")
    .action(async (options) => (await import("./commands/doctor.ts")).doctor(options));
  root
    .command("init")
    .description("write a commented lab file to start from")
    .argument("[file]", "the file to write", "lab.yaml")
    .option("--single", "one machine alone, on whose control plane pods run")
    .action(async (file, options) => (await import("./commands/init.ts")).init(file, options));
  root
    .command("explain")
    .description("explain a key of lab files: what it is for, its values, its default, and the keys in it")
    .argument("[key]", "the key, such as machines.role (default: the whole file)")
    .option("--json", "print its JSON Schema")
    .action(async (key, options) => (await import("./commands/explain.ts")).explain(key, options));
  root
    .command("schema")
    .description("print the JSON Schema of lab files, for editors")
    .action(async () => (await import("./commands/schema.ts")).schema());
  return root;
}

/** `labwright exercise …`: a group of commands. */
function addExercise(root: Command): void {
  const group = root.command("exercise").description("set up, grade, solve and reset exercises for students");
  const onLab = commandOnLab(group);
  onLab("list", "list all exercises, and what this lab lacks for each")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/exercise/list.ts")).list(options));
  onLab("start <name>", "record the lab's current state, set up the exercise, and show its task")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/start.ts")).start(name, options));
  onLab("check <name>", "grade the exercise and change nothing; exit 1 if a goal is not met")
    .option("--json", "print one JSON document")
    .option("--junit <file>", "write a JUnit report")
    .action(async (name, options) => (await import("./commands/exercise/check.ts")).check(name, options));
  onLab("hint <name>", "show the next hint; each failed check unlocks one more")
    .option("--json", "print one JSON document")
    .action(async (name, options) => (await import("./commands/exercise/hint.ts")).hint(name, options));
  onLab("solve <name>", "solve the exercise for the student; this gives no points")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/solve.ts")).solve(name, options));
  onLab("solution <name>", "show how an exercise is solved, and why; for instructors")
    .option("--json", "print one JSON document")
    .action(async (name, options) =>
      (await import("./commands/exercise/solution.ts")).solution(name, options),
    );
  onLab("reset <name>", "restore the lab to its state before the start")
    .option("--forget", "end the exercise and leave the lab as it is now")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) => (await import("./commands/exercise/reset.ts")).reset(name, options));
  onLab(
    "prove [names...]",
    "test exercises: goals fail after setup, pass when solved, and reset restores the lab",
  )
    .option("--all", "test every exercise whose requirements this lab meets")
    .option("--json", "print events as JSON lines")
    .option("--junit <file>", "write a JUnit report")
    .action(async (names, options) => (await import("./commands/exercise/prove.ts")).prove(names, options));
  onLab("new <name>", "create an exercise in the folder `exercises` beside the lab file").action(
    async (name, options) => (await import("./commands/exercise/new.ts")).newExercise(name, options),
  );
}

/** `labwright baseline …`: a group of commands. */
function addBaseline(root: Command): void {
  const group = root.command("baseline").description("the state to which `reset` returns the lab");
  const onLab = commandOnLab(group);
  onLab("show", "show when the baseline was recorded, and what of")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/baseline/show.ts")).baselineShow(options));
  onLab("record", "make the lab's state of now the one to which `reset` returns")
    .option("--yes", "do not ask")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/baseline/record.ts")).baselineRecord(options));
}

/** `labwright snapshot …`: a group of commands. */
function addSnapshot(root: Command): void {
  const group = root.command("snapshot").description("save the whole lab as it is, and return to that");
  const onLab = commandOnLab(group);
  onLab("save <name>", "save all machines at one point in time; they stand still for some seconds")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) =>
      (await import("./commands/snapshot/save.ts")).snapshotSave(name, options),
    );
  onLab("list", "list the lab's snapshots, the oldest first")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/snapshot/list.ts")).snapshotList(options));
  onLab("restore <name>", "replace the machines by those of a snapshot, and prove that they work")
    .option("--yes", "do not ask")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) =>
      (await import("./commands/snapshot/restore.ts")).snapshotRestore(name, options),
    );
  onLab(
    "export <name> <file>",
    "write a snapshot into a file, which another lab of the same lab file can import",
  )
    .option("--json", "print events as JSON lines")
    .action(async (name, file, options) =>
      (await import("./commands/snapshot/export.ts")).snapshotExport(name, file, options),
    );
  onLab("import <file>", "take a snapshot from such a file; `restore` returns to it")
    .option("--json", "print events as JSON lines")
    .action(async (file, options) =>
      (await import("./commands/snapshot/import.ts")).snapshotImport(file, options),
    );
  onLab("delete <name>", "delete a snapshot")
    .option("--yes", "do not ask")
    .option("--json", "print events as JSON lines")
    .action(async (name, options) =>
      (await import("./commands/snapshot/delete.ts")).snapshotDelete(name, options),
    );
}

/** `labwright spare …`: a group of commands. */
function addSpare(root: Command): void {
  const group = root
    .command("spare")
    .description("further sets of the lab's machines, frozen, of which `reset` takes one");
  const onLab = commandOnLab(group);
  onLab("add", "make one more spare: build it, verify it and freeze it")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/spare/add.ts")).spareAdd(options));
  onLab("list", "list the lab's spares, and whether they can be taken")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/spare/list.ts")).spareList(options));
  onLab("refill", "make spares that are missing, and those again that cannot be taken any more")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/spare/refill.ts")).spareRefill(options));
  onLab("drop", "delete a spare")
    .argument("[spare]", "its number (default: all)")
    .option("--json", "print events as JSON lines")
    .action(async (spare, options) => (await import("./commands/spare/drop.ts")).spareDrop(spare, options));
}

/** `labwright certs …`: a group of commands. */
function addCerts(root: Command): void {
  const group = root.command("certs").description("list and renew the certificates of the cluster");
  const onLab = commandOnLab(group);
  onLab("status", "list each node's certificates with their dates, and warn of those that end soon")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/certs/status.ts")).certsStatus(options));
  onLab("renew", "renew certificates that end within 30 days, restart the control plane, update kubeconfigs")
    .option("--all", "renew every certificate of kubeadm's")
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/certs/renew.ts")).renewCerts(options));
}

/** `labwright etcd …`: a group of commands. */
function addEtcd(root: Command): void {
  const group = root.command("etcd").description("save and restore the cluster's objects");
  const onLab = commandOnLab(group);
  onLab("save", "take a snapshot of etcd into the lab's folder on this computer")
    .option("--keep <count>", "how many snapshots stay; the oldest are removed", atLeastOne, 10)
    .option("--json", "print events as JSON lines")
    .action(async (options) => (await import("./commands/etcd/save.ts")).etcdSave(options));
  onLab("list", "list the lab's snapshots of etcd, the newest first")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/etcd/list.ts")).etcdList(options));
  onLab("status", "show the health of etcd on each control plane, and the newest snapshot")
    .option("--json", "print one JSON document")
    .action(async (options) => (await import("./commands/etcd/status.ts")).etcdStatus(options));
  onLab("restore", "replace the cluster's objects by those of a snapshot")
    .argument("[snapshot]", "its name, or the path of its folder or file (default: the newest)")
    .option("--yes", "do not ask")
    .option("--json", "print events as JSON lines")
    .action(async (snapshot, options) =>
      (await import("./commands/etcd/restore.ts")).etcdRestore(snapshot, options),
    );
}

/** Adds commands that work on a lab, with the options that all of them have. */
const commandOnLab = (parent: Command) => (usage: string, description: string) =>
  parent
    .command(usage)
    .description(description)
    .option("-f, --file <file>", "the lab file (default: lab.yaml)")
    .option(
      "--name <name>",
      "the lab's name, instead of the one in the lab file: for several labs of one file",
    )
    .option("--provider <name>", "the provider to use instead of the one in the lab file")
    .option(
      "--sudo-password-file <file>",
      "file with the sudo password of existing hosts: one password, or `machine: password` lines",
    );

const recreateText = "delete these machines (NAME,NAME) with everything on them, and create them again";

const forgetText = "give up these existing hosts (NAME,NAME) without logging in: they are gone for good";

/** Runs the command line of this process; prints its error on standard error and sets the exit code. */
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
      // Work that finished anyway has not reported the interruption.
      if (!process.exitCode) (await import("./ui/print.ts")).tell("interrupted, after all work was done\n");
      // All work has stopped at a boundary; only abandoned observations may still run.
      process.exit(exitCode.interrupted);
    }
  }
}
