import type { Activity } from "../../activity/activity.ts";
import { hetznerControllerManifest } from "../../components/cloud/hetzner/release.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { type CloudChoice, cloudSchema, isControlled, secondsOf } from "../../lab/cloud.ts";
import { assertOurs, type Claim, ensureLabId, labId } from "../../lab/identity.ts";
import type { Lab } from "../../lab/types.ts";
import { accessOf } from "../access.ts";
import { labKey } from "../keys.ts";
import { digestOf, keptFor, type Logins, lackOf, loginsOf, type Made, madeFor } from "../machine/logins.ts";
import type { Cost, CreateRequest, MachineInfo, Provider } from "../types.ts";
import { boot, rootAccess } from "./boot.ts";
import type { Cloud, CloudResource } from "./cloud.ts";
import { kinds, openCloud } from "./clouds.ts";
import { settleEngines } from "./locks.ts";
import { planOf } from "./plan.ts";
import { callerNetwork } from "./public-ip.ts";
import { removeLab, removeResources } from "./remove.ts";
import { claimOn, compared, isHalfMade, machineOf, placeOf, stateIdOf } from "./resources.ts";
import { type Tags, tag, timeTag } from "./tags.ts";
import { pendingOf, usable } from "./usable.ts";

/** How often resources that a killed run has requested may appear while we list. */
const attempts = 3;

export async function open(lab: Lab): Promise<PulumiProvider> {
  const choice = lab.cloud ?? cloudSchema.parse({});
  return new PulumiProvider(lab, choice, await openCloud(choice, process.env));
}

/**
 * Machines in a cloud. Our tags in the cloud show what exists; Pulumi is loaded only to create something.
 * So only creating needs its engine or its state, and a lost state leaves nothing behind.
 */
export class PulumiProvider implements Provider {
  readonly #lab: Lab;
  readonly #cloud: Cloud;
  readonly #choice: CloudChoice;

  constructor(lab: Lab, choice: CloudChoice, cloud: Cloud) {
    this.#lab = lab;
    this.#choice = choice;
    this.#cloud = cloud;
  }

  async list(): Promise<MachineInfo[]> {
    const servers = await this.#servers();
    if (servers.length === 0) return [];
    const kept = await keptFor(this.#lab);
    const places = new Map(servers.map((resource) => [machineOf(resource), placeOf(resource)]));
    const inputs = { lab: this.#lab, places, ...kept };
    return servers.map((resource) => {
      const name = machineOf(resource);
      const { publicAddress, privateAddress, running = false } = resource.server ?? {};
      const isWhole = publicAddress !== undefined && privateAddress !== undefined;
      const machine = this.#lab.machines.find((one) => one.name === name);
      const given = resource.tags[tag.logins];
      const lacks = machine && lackOf(this.#lab, machine, kept, given === undefined ? {} : { logins: given });
      return {
        name,
        // Without an address its creation was cut short.
        running: running && isWhole,
        ...(lacks && { lacks }),
        ...pendingOf(resource),
        address: privateAddress ?? "",
        access: accessOf(name, inputs),
        reach: (port) => (publicAddress === undefined ? undefined : `${publicAddress}:${port}`),
      };
    });
  }

  async claims(): Promise<Claim[]> {
    return (await this.#cloud.list(this.#lab.name)).map(claimOn);
  }

  async adopt(id: string): Promise<void> {
    const resources = (await this.#cloud.list(this.#lab.name)).filter(({ ofCluster }) => !ofCluster);
    await Promise.all(
      resources.map((resource) => this.#cloud.setTags(resource, { ...resource.tags, [tag.id]: id })),
    );
  }

  /** Everything in the cloud under the lab's name, with the lab's id. Throws `lab-of-another` if something has another. */
  async #ours(): Promise<{ resources: CloudResource[]; id: string | undefined }> {
    const [resources, id] = await Promise.all([this.#cloud.list(this.#lab.name), labId(this.#lab.name)]);
    assertOurs(this.#lab.name, id, resources.map(claimOn));
    return { resources, id };
  }

  /** The resources that our program declares; those that the cluster created are only removed with the lab. */
  async #declared(): Promise<CloudResource[]> {
    return (await this.#ours()).resources.filter(({ ofCluster }) => !ofCluster);
  }

  async #servers(): Promise<CloudResource[]> {
    return (await this.#declared()).filter(({ kind }) => kind === "server");
  }

  /** The logins that a server still lacks; a machine that the lab file does not name is not changed. */
  #missingLogins(resource: CloudResource, made: Made): Logins | undefined {
    const machine = this.#lab.machines.find(({ name }) => name === machineOf(resource));
    const logins = machine && loginsOf(this.#lab, machine, made);
    return logins && digestOf(logins) !== resource.tags[tag.logins] ? logins : undefined;
  }

  async create(request: CreateRequest): Promise<void> {
    // A source without the controller throws before anything that costs money is made.
    if (isControlled(this.#lab))
      await request.artifacts.manifest(hetznerControllerManifest, request.activity);
    await this.make(request);
    const [servers, made] = await Promise.all([this.#servers(), madeFor(this.#lab)]);
    const places = new Map(servers.map((resource) => [machineOf(resource), placeOf(resource)]));
    const inputs = { lab: this.#lab, places, ...made };
    const seconds = secondsOf(this.#choice.bootLimit);
    const isWanted = (resource: CloudResource) =>
      request.machines.some(({ name }) => name === machineOf(resource));
    await Promise.all(
      servers.filter(isWanted).map(async (resource) => {
        const name = machineOf(resource);
        const logins = this.#missingLogins(resource, made);
        const access = logins ? rootAccess(placeOf(resource), made) : accessOf(name, inputs);
        await boot({ name, access, seconds, logins }, request);
        if (logins) await this.#cloud.setTags(resource, { ...resource.tags, [tag.logins]: digestOf(logins) });
      }),
    );
  }

  /** `create` without waiting until new servers have booted. */
  async make({ activity, signal }: Pick<CreateRequest, "activity" | "signal">): Promise<void> {
    await activity.child("machine", "create the machines in the cloud", async (child, end) => {
      const work = { lab: this.#lab, kind: kinds[this.#choice.name], activity: child, signal };
      await usable(() => this.#declared(), { signal, note: (text) => child.note(text) });
      const resolved = await this.#cloud.resolve(this.#choice);
      await this.#assertOrderable();
      const [id, key] = await Promise.all([ensureLabId(this.#lab.name), labKey(this.#lab.name)]);
      const allowFrom = this.#choice.allowFrom ?? [await callerNetwork(process.env, signal)];
      // Loaded only here: Pulumi's packages take longer to load than everything else together.
      const { makeSo, openStack, recorded } = await import("./stack.ts");
      const { loadProgram } = await import("./programs.ts");
      for (const words of await settleEngines(this.#lab.name)) child.note(words);
      const stack = await openStack(work);
      const program = await loadProgram(this.#choice.name);
      for (let attempt = 1; ; attempt++) {
        const { kept, adopt } = await this.#settle(await recorded(stack), child);
        const plan = planOf({
          lab: this.#lab,
          id,
          cloud: this.#choice,
          resolved,
          publicKey: key.publicKey,
          resources: kept,
          allowFrom,
          adopt,
          environment: process.env,
          now: new Date(),
        });
        try {
          await makeSo(stack, () => program.declare(plan), work);
          // What was adopted was taken as it is: now it is changed to match the plan.
          if (Object.keys(adopt).length > 0)
            await makeSo(stack, () => program.declare({ ...plan, adopt: {} }), work);
          break;
        } catch (error) {
          const isTaken = error instanceof LabwrightError && error.code === "name-taken";
          if (!isTaken || attempt === attempts) throw error;
          const known = [...kept.map(stateIdOf), ...(await recorded(stack)).map(({ id }) => id)];
          if (!(await this.#hasUnknown(known))) throw error;
          child.note(
            "the cloud has meanwhile completed the requests of a killed run: reading its state again",
          );
        }
      }
      end({ outcome: "changed" });
    });
  }

  /** Throws `cloud-sold-out` if servers are missing and cannot be ordered now; existing ones need no order. */
  async #assertOrderable(): Promise<void> {
    const present = (await this.#servers()).filter((resource) => !isHalfMade(resource)).map(machineOf);
    const isWhole = this.#lab.machines.every(({ name }) => present.includes(name));
    if (!isWhole) await this.#cloud.assertOrderable?.(this.#choice);
  }

  /** Whether the cloud has a resource of the lab that we did not know of. */
  async #hasUnknown(known: readonly string[]): Promise<boolean> {
    const resources = await this.#declared();
    return resources.some((resource) => !known.includes(stateIdOf(resource)));
  }

  /**
   * Reconciles the cloud and the state: incomplete resources are removed, a server that
   * is switched off is switched on, and what only the cloud has is adopted under its name in the program.
   */
  async #settle(
    state: readonly { name: string; id: string }[],
    activity: Activity,
  ): Promise<{ kept: CloudResource[]; adopt: Record<string, string> }> {
    const { halfMade, kept, adopt } = compared(await this.#declared(), state);
    await removeResources(this.#cloud, halfMade, { activity });
    const off = kept.filter(({ server }) => server?.running === false);
    await Promise.all(off.map((resource) => this.#cloud.powerOn(resource)));
    return { kept, adopt };
  }

  async remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void> {
    const resources = (await this.#servers()).filter(({ tags }) =>
      machines.includes(tags[tag.machine] ?? ""),
    );
    await removeResources(this.#cloud, resources, { activity, signal });
  }

  async destroy(activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const { id } = await this.#ours();
    const { name } = this.#lab;
    for (const words of await settleEngines(name)) activity.note(words);
    const removed = await removeLab(this.#cloud, { name, id }, activity, signal);
    if (this.#choice.backend !== undefined) await this.#forget(activity);
    return removed;
  }

  /** What is gone from the cloud may stay in a shared backend: that is reported, and is not an error. */
  async #forget(activity: Activity): Promise<void> {
    const { forget, openStack } = await import("./stack.ts");
    const { signal } = new AbortController();
    const work = { lab: this.#lab, kind: kinds[this.#choice.name], activity, signal };
    await openStack(work)
      .then(forget)
      .catch((error: unknown) => activity.note(`the state stays in its backend: ${messageOf(error)}`));
  }

  async cost(): Promise<Cost> {
    const cost = await this.#cloud.cost(this.#choice, this.#lab.machines.length);
    await this.#assertOrderable();
    return cost;
  }

  async expireAt(time: Date): Promise<void> {
    const resources = await this.#declared();
    const tagged = (tags: Tags): Tags => ({ ...tags, [tag.expiry]: timeTag(time) });
    await Promise.all(resources.map((resource) => this.#cloud.setTags(resource, tagged(resource.tags))));
  }
}
