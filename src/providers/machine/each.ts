import type { Activity } from "../../activity/activity.ts";

export interface EachOptions<T> {
  /** What is done, as the activities are titled: `create` of `create w1`. */
  verb: string;
  /** The machine that an item is, or belongs to. */
  machineOf(item: T): string;
  activity: Activity;
}

/** Changes machines side by side, each in an activity that ends as changed. Throws the first error. */
export async function changeEach<T>(
  items: readonly T[],
  { verb, machineOf, activity }: EachOptions<T>,
  change: (item: T) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    items.map((item) => {
      const machine = machineOf(item);
      return activity.child(
        "machine",
        `${verb} ${machine}`,
        async (_, end) => {
          await change(item);
          end({ outcome: "changed" });
        },
        { machine },
      );
    }),
  );
}
