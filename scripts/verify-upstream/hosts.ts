import { asking, refusal } from "../../src/artifacts/upstream/reachable.ts";
import { reasonOf, request } from "../../src/http/client.ts";
import { type Check, differs, type Finding, same } from "./check.ts";
import { imageSets } from "./image-sets.ts";
import { programSets } from "./program-sets.ts";
import { where } from "./where.ts";

/** Every host that a lab from upstream needs, asked as the product asks, and by HEAD besides. */
export const hosts: Check = {
  name: "Every host answers",
  assumes:
    "GET of one byte is answered with anything but 403 and 5xx within 10 s (src/artifacts/upstream/reachable.ts)",
  places: ["all hosts of src/artifacts/upstream/places.ts"],
  async observe({ minor, places }) {
    const needed = Object.entries(places.needed(minor, { programs: programSets, images: imageSets }));
    return Promise.all(needed.map(([what, url]) => answerOf(what, url)));
  },
};

async function answerOf(what: string, url: string): Promise<Finding> {
  const why = await refusal(url);
  const { host } = new URL(url);
  if (why !== undefined)
    return differs(
      `${what} (${host}) ${why}`,
      `run it again: an outage passes; if not, change the address in ${where("src/artifacts/upstream/places.ts", "needed: (kubernetesVersion, {")}`,
    );
  const head = await request(url, { method: "HEAD", signal: AbortSignal.timeout(asking.patience) }).then(
    ({ status }) => String(status),
    (error: unknown) => reasonOf(error),
  );
  return same(`${what} (${host}) answers; HEAD: ${head}`);
}
