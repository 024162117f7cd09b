import type { ImageSet } from "../../src/artifacts/images/image-set.ts";
import { nginxImages, nginxStableImages } from "../../src/artifacts/images/nginx.ts";
import { addonNamed } from "../../src/components/addon/addons.ts";
import { calicoImages } from "../../src/components/network/calico/release.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { addons } from "../../src/lab/available.ts";
import { where } from "./where.ts";

const nginx = () => where("src/artifacts/images/nginx.ts", "const nginx =");

/** The sets that registries have, and where the names of each are written. */
const written: readonly (readonly [ImageSet, () => string])[] = [
  [kubernetesImages, () => where("src/kubernetes/images.ts", "function names")],
  [calicoImages, () => where("src/components/network/calico/release.ts", "export const calicoImages")],
  [nginxImages, nginx],
  [nginxStableImages, nginx],
  ...addons.supported.map((name): [ImageSet, () => string] => [
    addonNamed(name).images,
    () => where(`src/components/addon/${name}/release.ts`, "Image ="),
  ]),
];

export const imageSets: readonly ImageSet[] = written.map(([set]) => set);

/** Where the name of an image is written; undefined for an image of no set. */
export const writtenAt = (name: string, minor: string): string | undefined =>
  written.find(([set]) => set.names(minor).includes(name))?.[1]();
