import { exitCode, LabwrightError } from "../errors.ts";
import type { Lab, ProviderName } from "../lab/types.ts";
import type { Ground, Provider, ProviderModule } from "./types.ts";

/** One line for each provider; a module is loaded only when a lab asks for it. */
const providers: Partial<Record<ProviderName, () => Promise<ProviderModule>>> = {
  docker: () => import("./docker/provider.ts"),
  incus: () => import("./incus/provider.ts"),
  ssh: () => import("./ssh/provider.ts"),
  pulumi: () => import("./pulumi/provider.ts"),
  vagrant: () => import("./vagrant/provider.ts"),
};

export async function openProvider(lab: Lab): Promise<Provider> {
  const load = providers[lab.provider];
  if (load) return (await load()).open(lab);
  throw new LabwrightError({
    code: "provider-unknown",
    message: `the provider "${lab.provider}" is not available in this version`,
    remedy: `use one of: ${Object.keys(providers).join(", ")}`,
    exit: exitCode.usage,
  });
}

/** What each provider stands on, by name; those that stand on nothing of this computer's are left out. */
export async function grounds(): Promise<Map<string, Ground>> {
  const modules = await Promise.all(
    Object.entries(providers).map(async ([name, load]) => [name, (await load()).ground] as const),
  );
  return new Map(modules.flatMap(([name, ground]) => (ground ? [[name, ground] as const] : [])));
}
