import { existsSync } from "node:fs";
import { LabwrightError } from "../../errors.ts";
import { hasProgram, localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import type { Lab } from "../../lab/types.ts";
import { untilAnswers } from "../engine/daemon.ts";
import { incus, removeDeadBridges } from "../engine/left-bridges.ts";
import { startOnce } from "../engine/start-once.ts";
import { type Engine, findIncus, ownFolder, ownPidFile, requireIncus } from "./engine.ts";

/**
 * Ensures a running Incus server: installs the distribution's package if there is none, and starts a daemon with
 * its own folder if none runs after that. Only on Debian and Ubuntu, as root.
 */
export async function provideIncus(note: (text: string) => void, signal?: AbortSignal): Promise<Engine> {
  const present = await findIncus();
  if (present) return present;
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw cannotProvide();
  assertNotInterrupted(signal);
  if (!(await hasProgram("incus"))) await install(note);
  const installed = await findIncus();
  if (installed) return installed;
  assertNotInterrupted(signal);
  note(`starting labwright's own Incus daemon in ${ownFolder()}`);
  await startOnce("incus", findIncus, start);
  return requireIncus();
}

/** Starts our daemon if it has run before and the computer was restarted since. Returns whether there is one. */
export async function restartOwnIncus(
  { incus: wanted }: Pick<Lab, "incus">,
  note: (text: string) => void,
): Promise<boolean> {
  const { INCUS_DIR, INCUS_SOCKET } = process.env;
  if (wanted?.remote !== undefined || INCUS_DIR || INCUS_SOCKET) return false;
  if (!existsSync(ownFolder()) || process.getuid?.() !== 0) return false;
  note("labwright's own Incus daemon does not run, and is started again");
  await startOnce("incus", findIncus, start);
  return true;
}

async function install(note: (text: string) => void): Promise<void> {
  if (!(await hasProgram("apt-get"))) throw cannotProvide();
  note("installing the distribution's Incus package (incus-base)");
  await localHost().run(installation, {
    onLine: (line) => /^(Get|Unpacking|Setting up)/.test(line) && note(line),
  });
}

/**
 * Installs Incus, as root. Debian has it from release 13 on, and in the backports of release 12. They are read from
 * our own lists, so the computer's package sources do not change.
 */
export const installation = sh`export DEBIAN_FRONTEND=noninteractive
    packages="incus-base dnsmasq-base btrfs-progs"
    get() { apt-get -o DPkg::Lock::Timeout=120 -q "$@"; }
    get update
    if ! apt-cache show incus-base >/dev/null 2>&1; then
      work=$(mktemp -d)
      trap 'rm -rf "$work"' EXIT
      mkdir -p "$work/sources" "$work/lists/partial"
      cp -r /etc/apt/sources.list.d/. "$work/sources/"
      [ ! -e /etc/apt/sources.list ] || cp /etc/apt/sources.list "$work/sources/present.list"
      codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
      mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk -v name="$codename" '$2 == name { print $1; exit }')
      echo "deb $mirror $codename-backports main" >"$work/sources/backports.list"
      get() { apt-get -o DPkg::Lock::Timeout=120 -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources" -o "Dir::State::lists=$work/lists" -q "$@"; }
      get update
    fi
    get install -y --no-install-recommends $packages`;

async function start(): Promise<void> {
  const folder = ownFolder();
  const logs = [`${folder}/incusd.log`, `${folder}/output.log`];
  await localHost().run(removeDeadBridges(incus));
  await localHost().run(sh`
    mkdir -p ${folder} && chmod 711 ${folder}
    daemon=$(PATH="$PATH:/usr/libexec/incus:/usr/lib/incus:/opt/incus/bin" command -v incusd)
    INCUS_DIR=${folder} setsid -f sh -c 'echo $$ >"$INCUS_DIR/labwright.pid"; exec "$0" --logfile "$INCUS_DIR/incusd.log"' "$daemon" >${`${folder}/output.log`} 2>&1 </dev/null
    ${untilAnswers(sh`INCUS_DIR=${folder} timeout 5 incus query local:/1.0`, logs)} || { rm -f ${ownPidFile()}; exit 1; }`);
}

const cannotProvide = (): LabwrightError =>
  new LabwrightError({
    code: "engine-cannot-be-made",
    message: "labwright can install Incus only on Debian and Ubuntu, as root",
    remedy: "Install Incus and add your user to the group incus-admin, or run this command as root.",
  });
