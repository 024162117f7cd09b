import { Transform } from "node:stream";
import { LabwrightError } from "../errors.ts";

/** Limits of one request; times in milliseconds, sizes in bytes. */
export interface ProxyLimits {
  /** Until the node is connected. */
  connect: number;
  /** From then until the answer begins. */
  answer: number;
  /** Until the answer has ended. */
  whole: number;
  sent: number;
  received: number;
}

export const usualLimits: ProxyLimits = {
  ...{ connect: 20_000, answer: 30_000, whole: 5 * 60_000 },
  ...{ sent: 16 * 1024 * 1024, received: 256 * 1024 * 1024 },
};

/** Passes bytes on until they are too many. */
export function atMost(bytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(part: Buffer, _, done) {
      passed += part.length;
      if (passed > bytes) done(tooLarge(bytes));
      else done(null, part);
    },
  });
}

/** What `work` comes to, unless it takes too long or nobody waits for it any more. */
export async function within<T>(time: number, port: number, gone: AbortSignal, work: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const end = () => over.reject(slow(port));
  const timer = setTimeout(end, time);
  gone.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, over.promise]);
  } finally {
    clearTimeout(timer);
    gone.removeEventListener("abort", end);
  }
}

const slow = (port: number): LabwrightError =>
  new LabwrightError({
    code: "page-slow",
    message: `the lab does not answer at port ${port}`,
    remedy: "Wait until the lab is running and its pods are ready, then load the page again.",
  });

export const tooLarge = (bytes: number): LabwrightError =>
  new LabwrightError({
    code: "too-large",
    message: `the page sends or receives more than ${bytes} bytes at once`,
    remedy: "Send less, or copy large files with `scp`.",
  });
