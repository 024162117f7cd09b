import { z } from "zod";
import { fillEtcd, freeEtcd, isFilled, limitEtcd, unlimitEtcd } from "../../kubernetes/etcd-quota.ts";
import { step } from "../step.ts";

export const etcdQuota = step({
  summary:
    "Gives etcd a quota just above its size and fills it with a key that is written again and again, until etcd refuses writes; after `etcd-guard`.",
  params: z.strictObject({
    room: z
      .int()
      .min(8)
      .max(512)
      .describe("How many MiB the quota is above the size that etcd's database has now."),
    key: z
      .string()
      .regex(/^\/[a-z][a-z/-]*$/, "a path of lower-case words is expected")
      .describe("The key."),
  }),
  example: { room: 32, key: "/shop/log" },

  probe: () => ({ filled: isFilled }),

  check: ({ filled }) => (filled.code === 0 ? [] : ["etcd has not been filled up to a quota"]),

  apply: async (host, { room, key }, { note }) => {
    note("starting etcd with a quota");
    await host.run(limitEtcd(room));
    note("filling etcd");
    await host.run(fillEtcd(key));
  },

  undo: async (host, { key }, { note }) => {
    note("making room in etcd");
    await host.run(freeEtcd(key));
    note("starting etcd without the quota");
    await host.run(unlimitEtcd);
    // An etcd that had to be restored has the alarm of the one that its data comes from.
    await host.run(freeEtcd(key));
  },
});
