import { openCache } from "../../../src/artifacts/cache.ts";
import { fetchImage } from "../../../src/artifacts/upstream/fetched-image.ts";

/**
 * Fetches the image that the first word names into the cache at the second, for two machines at once; prints the archive,
 * or the error.
 */
const [name = "", folder = ""] = process.argv.slice(2);
const activity = {
  note: () => {},
  expect: () => {},
  child: () => Promise.reject(new Error("nothing is below it")),
};
const options = { cache: openCache(folder), mirror: undefined, signal: undefined, activity };
const fetch = () => fetchImage(name, { ...options, architecture: "amd64" });
await Promise.all([fetch(), fetch()]).then(
  (files) => console.log([...new Set(files)].join()),
  (error) => console.log(`${error.code}: ${error.message}`),
);
