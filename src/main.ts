#!/usr/bin/env node
// This file runs before anything else, also on a Node that is too old for the rest. It has no static import and only
// syntax that such a Node knows: otherwise people see a SyntaxError instead of the sentence below.
export {};

/** The Node versions that package.json's `engines` allows. */
const oldest = [22, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `labwright needs Node ${oldest.join(".")} or newer, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org, or run labwright from a clone with \`npm start\`, which brings its own.\n`,
  );
  process.exitCode = 2;
} else {
  void import("./start.ts");
}
