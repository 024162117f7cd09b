import { exitCode, LabwrightError } from "../errors.ts";
import type { Lab, ProviderName } from "../lab/types.ts";
import type { Provider, ProviderModule } from "./types.ts";

/** One line for each provider; a module is loaded only when a lab asks for it. */
const providers: Partial<Record<ProviderName, () => Promise<ProviderModule>>> = {
  docker: () => import("./docker/provider.ts"),
  ssh: () => import("./ssh/provider.ts"),
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
