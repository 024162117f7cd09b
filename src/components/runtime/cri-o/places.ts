/** Beside Podman's, which has other folders. */
export const store = "/var/lib/crio";
export const storageFolder = `${store}/storage`;
export const runFolder = "/run/crio/storage";
export const policyFile = "/etc/crio/policy.json";

/** What images were made from, a line each before the image's name: CRI-O keeps no labels that are given later. */
export const origins = "/etc/labwright/cri-o-images";
