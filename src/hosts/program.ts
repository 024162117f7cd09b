import { randomBytes } from "node:crypto";
import { type Command, quoted } from "./sh.ts";

/**
 * The command that every machine is asked to execute: a constant, so that neither a script nor a secret is in its
 * process list. It reads lines from standard input until the announcement of a program, then that many bytes,
 * and runs them. Lines before the announcement are a password, which sudo may or may not have read.
 * It has only single quotes, and neither `!`, a backslash nor a newline, so that csh and fish, as login
 * shells, read it like a POSIX shell does.
 */
export const bootstrap =
  'while read -r word count; do [ "$word" = labwright-program ] && eval "$(head -c "$count")"; done';

/** The bytes that make the bootstrap run `program`. */
export function announced(program: string): Buffer {
  const bytes = Buffer.from(program);
  return Buffer.concat([Buffer.from(`labwright-program ${bytes.length}\n`), bytes]);
}

/** The marks before and after a program's own output, on standard output and standard error alike. */
export interface Marks {
  start: string;
  /** On both streams followed by the exit code and a newline. */
  end: string;
}

/** Marks that no output contains by chance or on purpose: they are random for each program. */
export function newMarks(): Marks {
  const nonce = randomBytes(16).toString("hex");
  return { start: `labwright-${nonce}-start\n`, end: `labwright-${nonce}-end ` };
}

export interface Work {
  script: Command;
  /** Runs first, with the bytes that we send as its standard input. If it fails, the script is not run. */
  receive?: Command;
}

/**
 * A program for the bootstrap. It prints the start mark, runs the work with an empty standard input, and prints
 * the end mark with the work's exit code. While the script runs, a watcher keeps reading our end of the channel:
 * when that ends (our process was killed, the connection was lost, or we closed it), it ends every process of the session,
 * which also reaches those that moved to their own process group, as timeout(1) does.
 */
export function program({ script, receive }: Work, marks: Marks): string {
  const start = quoted(marks.start);
  const end = `printf '%s%s\\n' ${quoted(marks.end)} "$labwright_code"`;
  return `
unset word count
exec 3<&0 4>&2 </dev/null
export LC_ALL=C
printf %s ${start}
printf %s ${start} >&4
exec 2>/dev/null
labwright_code=0
${receive ? `( exec 0<&3 3<&- 2>&4 4>&-; eval ${quoted(receive.reveal())} ) || labwright_code=$?` : ""}
if [ "$labwright_code" -eq 0 ]; then
${watcher}
( exec 3<&- 2>&4 4>&-; eval ${quoted(`unset labwright_watcher labwright_code\n${script.reveal()}`)} )
labwright_code=$?
kill "$labwright_watcher"
fi
${end}
${end} >&4
exit "$labwright_code"
`;
}

/*
 * /proc/self is the watcher itself because `read` is a builtin. Field 6 of /proc/PID/stat is the session, and the
 * second, the name in parentheses, may hold spaces: proc_pid_stat(5). If there is no /proc (macOS), the
 * process group must do. One cat(1) for all of /proc, because `read` takes a system call for each character.
 */
const watcher = `{
exec 4>&- >/dev/null
while read -r labwright_line; do :; done
trap '' HUP INT TERM PIPE
set -f
labwright_newline='
'
labwright_signal() {
  labwright_found=1
  IFS=$labwright_newline
  for labwright_line in $(set +f; cat /proc/[0-9]*/stat); do
    IFS=' '
    labwright_pid=\${labwright_line%% *}
    set -- "$1" \${labwright_line##*) }
    [ "$5" = "$labwright_session" ] && [ "$2" != Z ] && [ "$labwright_pid" != "$labwright_self" ] || continue
    kill -s "$1" "$labwright_pid" && labwright_found=0
  done
  IFS=' '
  return "$labwright_found"
}
if read -r labwright_line </proc/self/stat; then
  labwright_self=\${labwright_line%% *}
  set -- \${labwright_line##*) }
  labwright_session=$4
  labwright_signal TERM
  for labwright_try in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    labwright_signal 0 || exit 0
  done
  labwright_signal KILL
else
  kill -s TERM 0
  sleep 1
  kill -s KILL 0
fi
exit 0
} <&3 &
labwright_watcher=$!`;
