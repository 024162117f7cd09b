import { script } from "./script.ts";
import { type Command, sh } from "./sh.ts";

/**
 * Shell functions for root's work below folders that others control. The owner of a folder can put a link, a pipe or another
 * folder where root expects its own: so work below a user's folder is done with that user's rights, and a link leads
 * no further than the user gets alone. Requires setpriv(1), which every Debian and Ubuntu has.
 *
 * `labwright_controller PATH` prints the uid that controls the folder of PATH: the owner of the first folder or link on the
 * way that is not root's. It prints nothing if the whole way is root's, or if we are not root ourselves.
 *
 * `labwright_as PATH COMMAND…` runs a command with the rights of whoever controls the folder of PATH, and
 * `labwright_as_uid UID COMMAND…` with those of a user. A user can hold up what runs as theirs, for example with a pipe that
 * nobody writes to, so such a command ends after 30 s.
 *
 * `labwright_give PATH OWNER MODE` makes a file if it is missing, and gives it owner and mode. In a user's folder that is done
 * to the opened file, after checking that it has no other name, whatever has the name a moment later.
 */
export const rights: Command = script("rights/rights.sh");

/** Runs a script with a user's own rights, in the user's home. Requires `rights` before it in the same shell. */
export const asUser = (user: string, script: Command): Command =>
  sh`labwright_as_uid "$(id -u ${user})" sh -c ${`cd ~ || exit 1\n${script.reveal()}`}`;
