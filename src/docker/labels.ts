import { type Identity, type IdentityKeys, identityLabels } from "../lab/identity.ts";

/** The labels of containers and networks that steps make on a machine's engine, as the Docker provider has them on its own. */
export const dockerLabelKeys: IdentityKeys = {
  lab: "labwright.lab",
  id: "labwright.id",
  owner: "labwright.owner",
};

/** The flags of `docker run` and `docker network create` that label an object with its owner. */
export const labelFlags = (lab: string, identity: Identity): string[] =>
  Object.entries(identityLabels(dockerLabelKeys, lab, identity)).flatMap(([key, value]) => [
    "--label",
    `${key}=${value}`,
  ]);

/** The `docker … ls --filter` for the lab's own objects; without an id, it matches nothing. */
export const ofLab = (id: string | undefined): string => `label=${dockerLabelKeys.id}=${id ?? "none"}`;
