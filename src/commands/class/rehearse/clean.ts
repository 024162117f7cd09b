import type { Activity } from "../../../activity/activity.ts";
import type { Class } from "../../../class/class-file.ts";
import { type LeftRehearsal, recordOf, writeRecord } from "../../../class/record.ts";
import { leftRehearsal } from "../../../class/rehearsal.ts";

export interface CleanRequest {
  one: Class;
  /** Removes what an earlier rehearsal has left. */
  removeLeft(left: LeftRehearsal, activity: Activity): Promise<void>;
  activity: Activity;
}

/** Removes the lab that an earlier rehearsal has left. Returns its name; undefined if there is none. */
export async function clean({ one, removeLeft, activity }: CleanRequest): Promise<string | undefined> {
  const left = leftRehearsal(await recordOf(one));
  if (left)
    await activity.child(
      "play",
      `remove the lab of the last rehearsal, made with ${left.provider}`,
      async (inner, end) => {
        await removeLeft(left, inner);
        end({ outcome: "changed" });
      },
    );
  await forgetRehearsal(one);
  return left?.student;
}

/** Takes the rehearsal's lab, which is gone, out of the class's record. */
export async function forgetRehearsal(one: Class): Promise<void> {
  const { rehearsal, ...rest } = await recordOf(one);
  if (rehearsal !== undefined) await writeRecord(one.name, rest);
}
