import type { Draft, DraftMachine } from "./draft.ts";
import type { Finding } from "./finding.ts";

/** What is wrong with a machine's accounts and logins that no single field shows. */
export function accountFindings({ machines = [], provider }: Draft): Finding[] {
  return machines.flatMap((machine) => [
    ...takenAccounts(machine),
    ...withoutRoot(machine),
    ...login(machine),
    ...rootLogin(machine, provider),
  ]);
}

function takenAccounts({ accounts, user, path }: DraftMachine): Finding[] {
  return accounts.flatMap((name, index) => {
    const place = { path: [...path, "users", index, "name"] };
    const remedy = "give the account another name, or remove it";
    if (name === undefined) return [];
    if (name === "root") {
      const instead = "remove it; rootLogin sets how root logs in";
      return [{ ...place, message: "root is on every machine already", remedy: instead }];
    }
    if (name === user) return [{ ...place, message: `${name} is the machine's login user already`, remedy }];
    return accounts.indexOf(name) < index
      ? [{ ...place, message: `two accounts of the machine are named ${name}`, remedy }]
      : [];
  });
}

/** labwright cannot make accounts on a machine that it only jumps through. */
function withoutRoot({ accounts, user, sudo, login, rootLogin, path }: DraftMachine): Finding[] {
  if (sudo !== "none" || user === undefined || user === "root") return [];
  const keys = [
    ...(accounts.length > 0 ? ["users"] : []),
    ...(login === undefined ? [] : ["login"]),
    ...(rootLogin === undefined ? [] : ["rootLogin"]),
  ];
  return keys.map((key) => ({
    path: [...path, key],
    part: "key",
    message: `${user} cannot become root with sudo: none, so labwright changes nothing on this machine`,
    remedy: `take ${key} out, or let ${user} become root`,
  }));
}

function login({ login: ways, path }: DraftMachine): Finding[] {
  if (ways === undefined || ways.includes("key")) return [];
  const message = "nobody could log in with a key, but labwright needs to";
  return [{ path: [...path, "login"], message, remedy: "write login: [key, password]" }];
}

function rootLogin(machine: DraftMachine, provider: unknown): Finding[] {
  const { rootLogin: way, user, login: ways, path } = machine;
  if (way === undefined) return [];
  const finding = (message: string, remedy: string): Finding[] => [
    { path: [...path, "rootLogin"], message, remedy },
  ];
  if (provider === "ssh") return finding("root of an existing machine is its owner's", "remove it");
  if (way === "none" && user === "root")
    return finding("labwright logs in to this machine as root", "name another user, or use key");
  if (way === "password" && !ways?.includes("password"))
    return finding(
      "root cannot log in with a password if login allows keys only",
      "add login: [key, password]",
    );
  return [];
}
