import { lines, sh } from "../hosts/sh.ts";
import type { Kept, Recorder } from "./types.ts";

/**
 * Services, sockets, timers and paths that are at work, and whether they are enabled or masked: of those that are not, the links in
 * /etc say that, which are files. Units without a section [Install], which systemd calls static, run when others ask for them, and
 * those of a login come and go with it (systemctl(1), is-enabled). To list the states of all unit files takes systemd thirty times as
 * long.
 */
export const unitRecorder: Recorder = {
  owns: (kind) => kind === "systemd unit",
  probe: sh`
    units=$(systemctl list-units --type=service,socket,timer,path --state=running,listening,waiting,auto-restart \
      --no-legend --plain --no-pager) || exit 1
    systemctl show --property=Id,UnitFileState $(printf '%s\n' "$units" | awk '{ print $1 }')`,
  read: (printed) =>
    printed
      .split("\n\n")
      .map((block) => new Map(block.split("\n").map((line) => pairOf(line))))
      .map((unit) => ({ name: unit.get("Id") ?? "", state: unit.get("UnitFileState") ?? "" }))
      .filter(({ name, state }) => name !== "" && state !== "static" && !isOfLogin.test(name))
      .map(({ name, state }) => ({
        kind: "systemd unit",
        name,
        value: [...["enabled", "masked"].filter((one) => one === state), "running"].join(" "),
      })),
  remove: (items) =>
    lines(
      items.map(
        ({ name }) =>
          sh`{ systemctl unmask ${name}; systemctl disable ${name}; systemctl stop ${name}; } 2>/dev/null`,
      ),
    ),
  putBack: (items) => lines(items.map(putBack)),
};

/** `Id=ssh.service`. */
function pairOf(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

const isOfLogin = /^(user@|user-runtime-dir@|session-|ssh@|sshd@)/;

const putBack = ({ name, value }: Kept) => sh`{
    systemctl unmask ${name}
    systemctl ${value.startsWith("enabled") ? "enable" : "disable"} ${name}
    systemctl reset-failed ${name}
    systemctl start ${name}
    ${value.startsWith("masked") ? sh`systemctl mask ${name}` : sh`true`}
  } 2>/dev/null`;
