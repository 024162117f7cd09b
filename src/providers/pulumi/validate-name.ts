import { exitCode, LabwrightError } from "../../errors.ts";
import { choose, list, nearestFew } from "../../lab/nearest.ts";
import type { Architecture } from "./cloud.ts";

interface Naming {
  /** The cloud's name, as people write it. */
  cloud: string;
  what: "region" | "size" | "image";
  name: string;
  known: readonly string[];
}

/** Throws `cloud-unknown-name`, with the nearest names that the cloud has, if it does not have this one. */
export function assertKnown({ cloud, what, name, known }: Naming): void {
  if (known.includes(name)) return;
  throw new LabwrightError({
    code: "cloud-unknown-name",
    message: `${cloud} has no ${what} ${name}${what === "size" ? " in that region" : ""}`,
    remedy: `For \`${what}\` in \`cloud\` of the lab file: ${choose(name, nearestFew(name, known))}.`,
    exit: exitCode.usage,
  });
}

interface Processors {
  size: string;
  image: string;
  /** Of every size that can be proposed. */
  architectures: ReadonlyMap<string, Architecture>;
  ofImage: readonly Architecture[];
}

/** The processor of a size. Throws `cloud-architecture`, with the nearest sizes that fit, if the image is not for it. */
export function assertArchitecture({ size, image, architectures, ofImage }: Processors): Architecture {
  const architecture = architectures.get(size) ?? "amd64";
  if (ofImage.includes(architecture)) return architecture;
  const fitting = [...architectures].flatMap(([name, one]) => (ofImage.includes(one) ? name : []));
  const sizes = nearestFew(size, fitting).map((name) => `\`size: ${name}\``);
  throw new LabwrightError({
    code: "cloud-architecture",
    message: `the image ${image} is for ${list(ofImage)}, and servers of the size ${size} have ${architecture} processors`,
    remedy: `In \`cloud\` of the lab file, set another \`image\`${sizes.length > 0 ? `, or one of ${list(sizes)}` : ", or another `size`"}.`,
    exit: exitCode.usage,
  });
}
