import { type Certificate, daysLeft, endsSoon } from "../../kubernetes/certificates.ts";
import { table } from "../../ui/table.ts";
import { agree, count, listed } from "../../wording.ts";

export const dateOf = ({ ends }: Pick<Certificate, "ends">): string => ends.slice(0, 10);

/** `in 7 days`, `in less than a day`, `3 days ago`. */
export function when(certificate: Pick<Certificate, "ends">, now = Date.now()): string {
  const days = daysLeft(certificate, now);
  if (days === 0) return "in less than a day";
  if (days > 0) return `in ${count(days, "day")}`;
  return days === -1 ? "less than a day ago" : `${count(-days - 1, "day")} ago`;
}

const remedies: Record<Certificate["renewal"], string> = {
  "certs renew": "renew: labwright certs renew",
  none: "kubeadm does not renew a CA or an external certificate",
};

/** A line for all certificates that end soon, or have ended, on one day; none if all have more time. */
export function endingLines(certificates: readonly Certificate[], now = Date.now()): string[] {
  const groups = Map.groupBy(
    certificates.filter((one) => endsSoon(one, now)),
    (one) => `${when(one, now)} ${dateOf(one)} ${one.renewal}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const ended = Date.parse(first.ends) <= now;
    const verb = ended ? "ended" : agree(group.length, "ends", "end");
    return `${listed(
      group.map(({ name }) => name),
      3,
    )} ${verb} ${when(first, now)}, on ${dateOf(first)}  (${remedies[first.renewal]})`;
  });
}

/** A node as `labwright certs` shows it. `why`: why it could not be asked. */
export interface NodeCertificates {
  name: string;
  role: string;
  why?: string;
  certificates: Certificate[];
}

/** Each node with its certificates, and what to do about those that end soon. Ends with a newline. */
export function certificatesText(nodes: readonly NodeCertificates[], now = Date.now()): string {
  const rows = nodes.flatMap(({ name, role, why, certificates }) =>
    certificates.length === 0
      ? [[name, role, why ?? "has no certificates of kubeadm's"]]
      : certificates.map((one) => [
          name,
          role,
          one.name,
          dateOf(one),
          `${Date.parse(one.ends) <= now ? "ended" : "ends"} ${when(one, now)}`,
        ]),
  );
  const soon = nodes.flatMap(({ name, certificates }) =>
    endingLines(certificates, now).map((line) => `${name}: ${line}\n`),
  );
  return `${table([["MACHINE", "ROLE", "CERTIFICATE", "DATE", "ENDS"], ...rows])}${soon.length > 0 ? `\n${soon.join("")}` : ""}`;
}
