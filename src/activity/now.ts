import type { Listener } from "./activity.ts";

/** Tells what is done now, a few words for each activity below the run itself: `cp: kubeadm-init`. */
export const tellNow =
  (tell: (text: string) => void): Listener =>
  (event) => {
    if (event.event !== "start" || event.parent === null) return;
    tell(event.machine === undefined ? event.title : `${event.machine}: ${event.title}`);
  };
