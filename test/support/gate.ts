import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Keeps a machine in the middle of a script of labwright's, for as long as a test wants. */
export interface Gate {
  /** The file for sshd's `ForceCommand`. */
  command: string;
  /** From now on the first script that matches a regular expression of grep(1) waits before its first line. */
  hold(pattern: string): void;
  /** Whether a script waits. */
  isHeld(): boolean;
  /** Resolves when a script waits, or `over` says that none will. */
  held(over?: () => boolean): Promise<void>;
  open(): void;
}

/**
 * Lays a gate out in `folder`, which is `at` on the machine. It passes everything on as it is, except that the first script
 * that matches waits inside its own session, where it ends as a script in the middle does.
 */
export function gateIn(folder: string, at: string = folder): Gate {
  const [hold, heldAt] = [join(folder, "hold"), join(folder, "held")];
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  const command = join(folder, "gate");
  writeFileSync(
    command,
    `#!/bin/sh
case $SSH_ORIGINAL_COMMAND in
  *labwright-program*) ;;
  "") exec sh -l ;;
  *) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
read -r word count || exit 0
script=$(mktemp)
head -c "$count" >"$script"
if [ -e ${at}/hold ] && grep -q -f ${at}/hold "$script" && mkdir ${at}/held 2>/dev/null; then
  sed -i 's|^\\(( exec 3<&- 2>&4 4>&-; \\)eval |\\1while [ -e ${at}/hold ]; do sleep 0.05; done; eval |' "$script"
fi
{ printf '%s %s\\n' "$word" "$(wc -c <"$script")"; cat "$script"; rm "$script"; exec cat; } | exec sh -c "$SSH_ORIGINAL_COMMAND"
`,
    { mode: 0o755 },
  );
  const open = () => {
    rmSync(hold, { force: true });
    rmSync(heldAt, { recursive: true, force: true });
  };
  const isHeld = () => existsSync(heldAt);
  return {
    command: join(at, "gate"),
    hold: (pattern) => {
      open();
      writeFileSync(hold, `${pattern}\n`);
    },
    isHeld,
    held: async (over = () => false) => {
      while (!isHeld() && !over()) await sleep(20);
    },
    open,
  };
}
