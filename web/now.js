import { useEffect, useState } from "preact/hooks";

/**
 * The time, again and again.
 * @param {number} every in milliseconds
 */
export function useNow(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
