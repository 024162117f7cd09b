import type { Addon } from "../addon.ts";
import { adapted } from "./manifest.ts";
import { skipperFiles, skipperImages, skipperVersion } from "./release.ts";

/** An Ingress controller, at a port of every node. */
export const addon: Addon = {
  version: skipperVersion,
  revision: 1,
  files: skipperFiles,
  images: skipperImages,
  adapt: adapted,
  written: {},
  bookkeeping: [],
};
