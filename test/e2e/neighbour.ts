import assert from "node:assert/strict";
import { polled } from "./polled.ts";
import { outputOf, testLab } from "./support.ts";

/** Another lab, whose nginx a client asks all the time. */
export interface Neighbour {
  /** Removes the lab. Throws if a request has failed. */
  remove(): Promise<void>;
}

/** Builds a lab of one machine beside the lab `name`. */
export async function neighbourOf(name: string): Promise<Neighbour> {
  const lab = await testLab(`${name}-other`, "machines: [{ name: cp, role: control-plane }]\n");
  await lab.labwright(["down"]);
  const { stop } = polled(/^ +nginx +(\S+)/m.exec(await outputOf(lab, ["up"]))?.[1] ?? "");
  return {
    async remove() {
      const failures = await stop();
      await lab.labwright(["down"]);
      assert.deepEqual(failures, []);
    },
  };
}
