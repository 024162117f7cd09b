import { type Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";

/** Where the script, output and exit code are of work that must not end with the connection. */
const folderOf = (name: string): string => `/var/lib/labwright/run/${name}`;

/** The exit code of `following` if the work was cut short: the machine was restarted, or the work was killed. */
const cutShort = 75;

/**
 * Prints the output of the current, or last, work, waits until it has ended, and ends with its exit code; prints
 * nothing if there is none.
 */
const following = (name: string): Command => sh`
  folder=${folderOf(name)} unit=${`labwright-${name}.service`}
  [ -e "$folder/script" ] || exit 0
  pid=$(systemctl show --property MainPID --value "$unit")
  if [ "$pid" -gt 0 ] 2>/dev/null; then tail -n +1 -s 0.2 -F --pid="$pid" "$folder/log" 2>/dev/null; else cat "$folder/log" 2>/dev/null; fi
  for try in 1 2 3 4 5 6 7 8 9 10; do
    [ ! -e "$folder/code" ] || exit "$(cat "$folder/code")"
    systemctl is-active --quiet "$unit" || [ "$try" -lt 3 ] || exit ${cutShort}
    sleep 0.2
  done
  exit ${cutShort}`;

const starting = (name: string): Command => sh`
  folder=${folderOf(name)}
  rm -f "$folder/code" "$folder/log"; touch "$folder/log"
  systemctl reset-failed ${`labwright-${name}.service`} 2>/dev/null
  systemd-run --quiet --collect --unit ${`labwright-${name}`} sh -c ${'cd / && sh "$1/script" </dev/null >"$1/log" 2>&1; echo $? >"$1/code.new"; mv "$1/code.new" "$1/code"'} sh "$folder"`;

/** Waits for work of this name that an earlier connection left running. Returns whether it was cut short. */
export async function waitForDetached(
  host: Host,
  name: string,
  onLine?: (line: string) => void,
): Promise<boolean> {
  const { code } = await host.run(following(name), { accept: "any", ...(onLine && { onLine }) });
  return code === cutShort;
}

/** Removes the files of work that has ended. */
export const forgetDetached = (name: string): Command =>
  sh`rm -rf ${folderOf(name)} && { [ ! -d /var/lib/labwright ] || rmdir --ignore-fail-on-non-empty -p /var/lib/labwright/run 2>/dev/null; true; }`;

/**
 * Runs work as a unit of systemd's own, and follows it: a lost connection, a limit or the end of this process does not end it.
 * `waitForDetached` comes before it.
 */
export async function runDetached(
  host: Host,
  name: string,
  work: Command,
  onLine?: (line: string) => void,
): Promise<Output> {
  const environment =
    "export LC_ALL=C HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n";
  await host.run(sh`mkdir -p ${folderOf(name)} && chmod 700 ${folderOf(name)}`);
  await host.write({
    path: `${folderOf(name)}/script`,
    content: `${environment}${work.reveal()}\n`,
    mode: 0o600,
  });
  await host.run(starting(name));
  const output = await host.run(following(name), { accept: "any", ...(onLine && { onLine }) });
  if (output.code !== cutShort) await host.run(forgetDetached(name));
  return output;
}
