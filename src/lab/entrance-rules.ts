import { entrances, isProviderName } from "./available.ts";
import type { Draft } from "./draft.ts";
import { everyAddress } from "./entrance.ts";
import { type Finding, valueAt } from "./finding.ts";

const path = ["entrance"];

/** What the lab file does not agree with in `entrance`. */
export function entranceFindings(value: unknown, { provider }: Draft): Finding[] {
  const given = valueAt(value, path);
  if (given === undefined || given === false) return [];
  return [...providerFindings(provider), ...nameFindings(value), ...repeated(value)];
}

function providerFindings(provider: unknown): Finding[] {
  const able = isProviderName(provider) ? entrances[provider] : true;
  if (able === true) return [];
  const message = `the provider ${String(provider)} makes no fixed entrance: ${able.refused}`;
  return [{ path, part: "key", message, remedy: "delete the key, or use the provider docker" }];
}

/** A computer's addresses may change, and the API server's certificate has a name for people to ask for. */
function nameFindings(value: unknown): Finding[] {
  const at = [...path, "listen"];
  if (valueAt(value, at) !== everyAddress || valueAt(value, [...path, "name"]) !== undefined) return [];
  const message = `entrance.listen is ${everyAddress}, and the API server's certificate needs a name that others use`;
  const remedy = "add one, such as `name: lab.example.org`, or listen at one address";
  return [{ path: at, message, remedy }];
}

function repeated(value: unknown): Finding[] {
  const at = [...path, "nodePorts"];
  const list = valueAt(value, at);
  if (!Array.isArray(list)) return [];
  return list.flatMap((port, index) =>
    list.indexOf(port) === index
      ? []
      : [
          {
            path: [...at, index],
            message: `entrance.nodePorts has ${port} twice`,
            remedy: "delete one of the two",
          },
        ],
  );
}
