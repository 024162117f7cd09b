import * as pulumi from "@pulumi/pulumi";
import type { LabPlan } from "../../src/providers/pulumi/program.ts";

type Kind<A, R> = new (name: string, args: A, options?: pulumi.CustomResourceOptions) => R;

/** A lab in some cloud: what the programs have in common. */
export abstract class Lab extends pulumi.ComponentResource {
  readonly #adopt: LabPlan["adopt"];

  constructor(cloud: string, { lab, adopt }: LabPlan, options?: pulumi.ComponentResourceOptions) {
    super(`labwright:${cloud}:Lab`, lab, {}, options);
    this.#adopt = adopt;
  }

  /**
   * Declares a part of the lab. What is in the cloud already and not in the state is taken into it instead of being made
   * twice: first just as it is, because Pulumi imports nothing that differs, and changed by the next run.
   */
  protected part<A extends object, R>(
    kind: Kind<A, R>,
    name: string,
    args: NoInfer<A>,
    options: pulumi.CustomResourceOptions = {},
  ): R {
    const id = this.#adopt[name];
    const adoption = id === undefined ? {} : { import: id, ignoreChanges: Object.keys(args) };
    return new kind(name, args, { parent: this, ...options, ...adoption });
  }
}
