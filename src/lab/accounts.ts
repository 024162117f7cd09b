import type { ProviderName } from "./available.ts";
import type { Machine } from "./types.ts";

/** Whether labwright makes the machines itself: with `ssh` they, their root and the login user's password exist already. */
export const makesMachines = (provider: ProviderName): boolean => provider !== "ssh";

/** Whether labwright can be root on a machine: if not, it changes nothing there, and only jumps through. */
export const isRootThere = ({ user, sudo }: Machine): boolean => user === "root" || sudo !== "none";

/** Whether people log in to a machine with passwords. */
export const takesPasswords = ({ login = [] }: Machine): boolean => login.includes("password");

/** The accounts whose passwords are set when the machine itself is created: the login user's and root's. */
export function loginPasswords(provider: ProviderName, machine: Machine): string[] {
  if (!makesMachines(provider)) return [];
  const { user, sudo, rootLogin } = machine;
  const forUser = user !== "root" && (sudo === "password" || takesPasswords(machine));
  return [...(forUser ? [user] : []), ...(rootLogin === "password" ? ["root"] : [])];
}

/** The accounts whose passwords are set by the step `user-accounts`. */
export const accountPasswords = (machine: Machine): string[] =>
  (machine.users ?? [])
    .filter(({ sudo }) => sudo === "password" || takesPasswords(machine))
    .map(({ name }) => name);
