import type { Access } from "../../hosts/types.ts";
import type { Machine } from "../../lab/types.ts";
import type { Passwords } from "../../providers/credentials.ts";

/**
 * How a student's terminal logs in to a machine: as the first of its further accounts that has a password, else as its login user, with
 * the password if there is one. The lab's key comes first, as with `labwright ssh`.
 */
export function studentAccess(machine: Machine, access: Access, passwords: Passwords = {}): Access {
  const accounts = [...(machine.users ?? []).map(({ name }) => name), machine.user];
  const user = accounts.find((name) => passwords[name] !== undefined);
  const password = user === undefined ? undefined : passwords[user];
  return user === undefined || password === undefined ? access : { ...access, user, password };
}
