import { sh } from "../../hosts/sh.ts";
import type { Claim } from "../../lab/identity.ts";
import { findEngine } from "../docker/engine.ts";
import { fieldsAndOwner } from "../docker/resources.ts";

/** The lab's name on containers that Vagrant has made: the Vagrantfile gives it to them beside the id and the owner. */
const nameLabel = "labwright.vagrant-lab";

/**
 * The containers that Vagrant has made for a lab of that name, whoever's they are. What Vagrant makes with VirtualBox or
 * libvirt is known to the folder of its state alone.
 */
export async function containerClaims(lab: string): Promise<Claim[]> {
  const engine = await findEngine();
  if (!engine) return [];
  const rows = await engine.docker.list(
    sh`ps --all --filter ${`label=${nameLabel}=${lab}`} --format ${fieldsAndOwner(["{{.Names}}"])}`,
  );
  return rows.map((row) => {
    const [name = "", id = "", owner = ""] = row.split("\t");
    return { what: `container ${name}`, id: id || undefined, owner: owner || undefined };
  });
}
