import type { Addon } from "../addon.ts";
import { adapted } from "./manifest.ts";
import { headlampFile, headlampImages, headlampVersion } from "./release.ts";

/** A web page that shows what is in the cluster, with the rights of the token that a person signs in with. */
export const addon: Addon = {
  version: headlampVersion,
  revision: 1,
  files: [headlampFile],
  images: headlampImages,
  adapt: adapted,
  written: {},
  bookkeeping: [],
};
