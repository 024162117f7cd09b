import { accountFindings } from "./account-rules.ts";
import { addonFindings } from "./addon-rules.ts";
import { controlPlaneFindings } from "./control-plane-rules.ts";
import { draftOf } from "./draft.ts";
import { endpointFindings } from "./endpoint-rules.ts";
import { entranceFindings } from "./entrance-rules.ts";
import { type CountedInput, counted, expand, type LoginUsers } from "./expand.ts";
import { type Finding, isRecord, problemsOf, valueAt } from "./finding.ts";
import type { Form } from "./form.ts";
import { ipFamilyFindings } from "./ip-family-rules.ts";
import { isolationFindings } from "./isolation-rules.ts";
import { findingsOf } from "./issues.ts";
import { jumpFindings } from "./jump-rules.ts";
import { versionFindings } from "./kubernetes-version.ts";
import { assertLabName } from "./lab-name.ts";
import { machineFindings } from "./machine-rules.ts";
import { networkFindings } from "./network-rules.ts";
import { playbookFindings } from "./playbook-rules.ts";
import { pluginFindings } from "./plugin-settings.ts";
import { FileProblems, type Problem } from "./problem.ts";
import { type FileWords, readFileOf } from "./read-file.ts";
import { runtimeFindings } from "./runtime-rules.ts";
import { labSchema, labSchemaJson } from "./schema.ts";
import { settingsFindings } from "./settings-rules.ts";
import { sizeFindings } from "./size-rules.ts";
import { spareFindings } from "./spare-rules.ts";
import type { Lab } from "./types.ts";
import { parseYaml, type YamlDocument } from "./yaml.ts";

export interface LoadOptions {
  /** The names of the playbooks that there are. */
  knownPlaybooks: readonly string[];
  /** Replaces the file's name. */
  name?: string;
  /** Replaces the file's provider. */
  provider?: string;
  /** Replaces the source of a file that names none, or `auto`. */
  source?: string;
  /** Replaces the file's release of Kubernetes. */
  version?: string;
  /** Who logs in to a machine whose user the file does not name, if that is not root. */
  loginUsers?(lab: Pick<CountedInput, "provider" | "machines">): Promise<LoginUsers>;
}

const labForm: Form = {
  whole: "a lab file",
  schema: labSchemaJson,
  remedy: "see docs/lab-file.md for every key",
  example: "begin with keys, such as `name: basics`",
  places: { "machines.*": "a machine", "machines.*.users.*": "an account" },
};

const labFileWords: FileWords = {
  code: "lab-file",
  what: "lab file",
  write: "write it with `labwright init`",
};

/**
 * Reads a lab file. Throws a LabwrightError with the code `lab-file` and the exit code of wrong use: one that names the
 * file if it cannot be read, or FileProblems with everything that is wrong in it. Connects to nothing, writes nothing.
 */
export async function loadLab(path: string, options: LoadOptions): Promise<Lab> {
  if (options.name !== undefined) assertLabName(options.name, "--name: ");
  const result = readLab(await readFileOf(path, labFileWords), path, options);
  if ("problems" in result) throw new FileProblems("lab-file", result.problems);
  const users = await options.loginUsers?.(result.input);
  return expand(result.input, users ?? new Map());
}

/** The lab that a text describes, or all its problems in the order of their places; `file` is how they name it. */
export function parseLab(
  text: string,
  file: string,
  options: LoadOptions,
): { lab: Lab } | { problems: Problem[] } {
  const result = readLab(text, file, options);
  return "problems" in result ? result : { lab: expand(result.input, new Map()) };
}

function readLab(
  text: string,
  file: string,
  { knownPlaybooks, ...standIns }: LoadOptions,
): { input: CountedInput } | { problems: Problem[] } {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed) return parsed;
  const { document } = parsed;
  // A file of nothing but comments is the default lab.
  const written = versionAsWritten(document.value ?? {}, document);
  const value = isRecord(written) ? withStandIns(written, standIns) : written;
  const result = labSchema.safeParse(value);
  const crossing = isRecord(value) ? crossFindings(value, knownPlaybooks) : [];
  const findings = [
    ...findingsOf(result.error?.issues ?? [], { ...document, value, form: labForm }),
    ...crossing,
  ];
  if (result.success && findings.length === 0) return { input: counted(result.data) };
  return { problems: problemsOf(findings, file, document) };
}

const withStandIns = (
  written: Record<string, unknown>,
  { name, provider, source, version }: Omit<LoadOptions, "knownPlaybooks" | "loginUsers">,
): Record<string, unknown> => ({
  ...written,
  ...(name !== undefined && { name }),
  ...(provider !== undefined && { provider }),
  ...(version !== undefined && { cluster: { ...(isRecord(written.cluster) && written.cluster), version } }),
  ...(source !== undefined && (written.source ?? "auto") === "auto" && { source }),
});

function crossFindings(value: unknown, knownPlaybooks: readonly string[]): Finding[] {
  const draft = draftOf(value);
  return [
    ...machineFindings(draft),
    ...controlPlaneFindings(draft),
    ...endpointFindings(value, draft),
    ...accountFindings(draft),
    ...sizeFindings(draft),
    ...jumpFindings(draft),
    ...networkFindings(draft),
    ...ipFamilyFindings(value, draft),
    ...pluginFindings(value),
    ...addonFindings(value),
    ...runtimeFindings(value, draft.machines),
    ...settingsFindings(value),
    ...versionFindings(value),
    ...entranceFindings(value, draft),
    ...isolationFindings(value, draft),
    ...spareFindings(value, draft),
    ...playbookFindings(value, knownPlaybooks),
  ];
}

/** To YAML an unquoted 1.30 is the number 1.3; the text shows which release is meant. */
function versionAsWritten(value: unknown, { writtenAt }: YamlDocument): unknown {
  const cluster = valueAt(value, ["cluster"]);
  if (!isRecord(value) || !isRecord(cluster) || typeof cluster.version !== "number") return value;
  return { ...value, cluster: { ...cluster, version: writtenAt(["cluster", "version"]) } };
}
