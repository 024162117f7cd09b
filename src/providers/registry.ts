import { exitCode, LabwrightError } from "../errors.ts";
import type { ProviderName } from "../lab/available.ts";
import { assertCreatedWith } from "../lab/created-with.ts";
import type { Lab, MachinePlace } from "../lab/types.ts";
import { takenHosts } from "./ssh/taken.ts";
import type { Prerequisites, Prompter, Provider, ProviderModule } from "./types.ts";

/** One line for each provider; a module is loaded only when a lab uses it. */
const providers: Partial<Record<ProviderName, () => Promise<ProviderModule>>> = {
  docker: () => import("./docker/provider.ts"),
  incus: () => import("./incus/provider.ts"),
  ssh: () => import("./ssh/provider.ts"),
  pulumi: () => import("./pulumi/provider.ts"),
  vagrant: () => import("./vagrant/provider.ts"),
};

export async function openProvider(lab: Lab, person: Prompter = {}): Promise<Provider> {
  const load = providers[lab.provider];
  if (lab.provider !== "ssh") await assertNoneTaken(lab, person);
  await assertCreatedWith(lab);
  if (load) return opened(await load(), lab, person);
  throw new LabwrightError({
    code: "provider-unknown",
    message: `the provider "${lab.provider}" is not available in this version`,
    remedy: `Use one of ${Object.keys(providers).join(", ")}.`,
    exit: exitCode.usage,
  });
}

/** After a restart of the computer, labwright's own engine is started first, if the command may do that. */
async function opened(module: ProviderModule, lab: Lab, person: Prompter): Promise<Provider> {
  try {
    return await module.open(lab, person);
  } catch (error) {
    if (!person.startsEngine || !(error instanceof LabwrightError) || error.code !== "engine-missing")
      throw error;
    const isThere = await module.prerequisites?.restart?.(lab, (text) => person.warn?.(text));
    if (!isThere) throw error;
    return module.open(lab, person);
  }
}

/** Throws if the lab has taken existing hosts, which other providers do not know. */
async function assertNoneTaken({ name, provider }: Lab, { forget }: Prompter): Promise<void> {
  const taken = (await takenHosts(name)).map(({ machine, way }) => `${machine} (${way.host})`);
  if (taken.length > 0)
    throw new LabwrightError({
      code: "hosts-taken",
      message: `the lab ${name} has taken existing hosts that the provider "${provider}" cannot restore: ${taken.join(", ")}`,
      remedy: "Set `provider: ssh` in the lab file again and run `labwright down`, then change the provider.",
    });
  if (forget !== undefined)
    throw new LabwrightError({
      code: "machine-not-taken",
      message: `cannot forget ${forget.join(", ")}: the provider "${provider}" does not take existing hosts`,
      remedy: "Run the command without `--forget`.",
      exit: exitCode.usage,
    });
}

/** Who this computer's own settings log in as: machine → user. Used if the lab file names no user. */
export async function loginUsers({
  provider,
  machines,
}: {
  provider: ProviderName;
  machines: readonly MachinePlace[];
}): Promise<ReadonlyMap<string, string>> {
  const module = await providers[provider]?.();
  return (await module?.loginUsers?.(machines)) ?? new Map();
}

/** The prerequisites of each provider, by name; providers without any are left out. */
export async function prerequisites(): Promise<Map<string, Prerequisites>> {
  const modules = await Promise.all(
    Object.entries(providers).map(async ([name, load]) => [name, (await load()).prerequisites] as const),
  );
  return new Map(
    modules.flatMap(([name, prerequisites]) => (prerequisites ? [[name, prerequisites] as const] : [])),
  );
}
