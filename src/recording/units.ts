import { lines, sh } from "../hosts/sh.ts";
import type { Kept, Recorder } from "./types.ts";

/**
 * Units that are enabled, masked or running. Units without a section [Install], which systemd calls static, run when others ask
 * for them, and those of a login come and go with it (systemctl(1), is-enabled).
 */
export const unitRecorder: Recorder = {
  owns: (kind) => kind === "systemd unit",
  probe: sh`
    systemctl list-unit-files --type=service,socket,timer --state=enabled,masked,static --no-legend --plain --no-pager || exit 1
    echo
    systemctl list-units --type=service --state=running --no-legend --plain --no-pager`,
  read: (printed) => {
    const [files = "", running = ""] = printed.split("\n\n");
    const states = new Map(wordsOf(files).map(([name = "", state = ""]) => [name, state]));
    const runs = new Set(wordsOf(running).map(([name = ""]) => name));
    return [...new Set([...states.keys(), ...runs])]
      .filter((name) => !isOfLogin.test(name) && states.get(templateOf(name)) !== "static")
      .map((name) => ({
        kind: "systemd unit",
        name,
        value: [states.get(name), runs.has(name) ? "running" : undefined].filter(Boolean).join(" "),
      }));
  },
  remove: (items) =>
    lines(
      items.map(
        ({ name }) =>
          sh`{ systemctl unmask ${name}; systemctl disable ${name}; systemctl stop ${name}; } 2>/dev/null`,
      ),
    ),
  putBack: (items) => lines(items.map(putBack)),
};

const wordsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().split(/\s+/));

const isOfLogin = /^(user@|user-runtime-dir@|session-|ssh@|sshd@)/;

/** `getty@tty1.service` is an instance of `getty@.service`. */
const templateOf = (name: string): string => name.replace(/@[^.]*\./, "@.");

const putBack = ({ name, value }: Kept) => {
  if (value.startsWith("masked")) return sh`systemctl mask --now ${name} 2>/dev/null`;
  const isEnabled = value.startsWith("enabled");
  return sh`{
    systemctl unmask ${name}
    ${isEnabled ? sh`systemctl enable ${name}` : sh`systemctl disable ${name}`}
    systemctl reset-failed ${name}
    ${value.endsWith("running") ? sh`systemctl start ${name}` : sh`systemctl stop ${name}`}
  } 2>/dev/null`;
};
