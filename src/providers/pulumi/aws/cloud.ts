import {
  CreateTagsCommand,
  DeleteTagsCommand,
  StartInstancesCommand,
  waitUntilInstanceRunning,
} from "@aws-sdk/client-ec2";
import { LabwrightError } from "../../../errors.ts";
import type { Cloud, CloudModule, CloudResource } from "../cloud.ts";
import { unlessGone } from "../errors.ts";
import { tag } from "../tags.ts";
import { Ec2, type Ec2Options, filter } from "./api.ts";
import { assertRegion, regionsOf, resolve, surelyThere } from "./names.ts";
import { ways } from "./resources.ts";

const starting = { minDelay: 1, maxDelay: 5, maxWaitTime: 180 };

/** A region that does not exist has no address, and one that is not enabled for the account rejects its credentials. */
const isOfNoRegion = (error: unknown): boolean =>
  error instanceof LabwrightError && ["cloud-silent", "cloud-token-refused"].includes(error.code);

/** AWS' region of that name; credentials are looked for when it is first asked. */
export function openRegion(options: Ec2Options): Cloud {
  const ec2 = new Ec2(options);
  const { client, sending } = ec2;

  return {
    async list(lab) {
      const ours = lab === undefined ? filter("tag-key", tag.lab) : filter(`tag:${tag.lab}`, lab);
      const lists = await Promise.all(ways.map((way) => way.list(ec2, [ours]))).catch(
        async (error: unknown) => {
          if (isOfNoRegion(error)) await assertRegion(options);
          throw error;
        },
      );
      return lists.flat();
    },

    async remove(resource) {
      const way = ways.find(({ kind }) => kind === resource.kind);
      const asking = { doing: `remove the ${resource.kind} ${resource.name}`, patient: true };
      await ec2.ask(asking, async () => way?.remove(ec2, resource)).catch(unlessGone);
    },

    async powerOn({ id, name }) {
      const InstanceIds = [id];
      await ec2.ask({ doing: `switch the server ${name} on`, patient: true }, async () => {
        await client.send(new StartInstancesCommand({ InstanceIds }), sending);
        await waitUntilInstanceRunning({ client, ...starting, ...sending }, { InstanceIds });
      });
    },

    async setTags(resource: CloudResource, tags) {
      const Resources = [resource.id];
      const surplus = Object.keys(resource.tags).filter((name) => !Object.hasOwn(tags, name));
      await ec2.ask({ doing: `change the tags of ${resource.name}` }, async () => {
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        await client.send(new CreateTagsCommand({ Resources, Tags }), sending);
        if (surplus.length === 0) return;
        const gone = surplus.map((Key) => ({ Key }));
        await client.send(new DeleteTagsCommand({ Resources, Tags: gone }), sending);
      });
    },

    resolve: (choice) => resolve(choice, ec2, options),

    async cost(choice, servers) {
      await resolve(choice, ec2, options);
      const { size, region } = choice;
      return {
        for: `${servers} servers of the type ${size} in ${region}, each with an IPv4 address and a disk of 20 GB`,
        untold: "EC2 does not report prices; https://aws.amazon.com/ec2/pricing/on-demand/ lists them",
      };
    },
  };
}

export const module: CloudModule = {
  open: (_environment, region, signal) => openRegion({ region, signal }),
  async everywhere({ AWS_REGION, AWS_DEFAULT_REGION }, signal) {
    const regions = await regionsOf({ region: AWS_REGION || AWS_DEFAULT_REGION || surelyThere, signal });
    return regions.map((region) => ({ region, cloud: openRegion({ region, signal }) }));
  },
};
