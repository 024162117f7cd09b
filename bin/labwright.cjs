#!/usr/bin/env node
// In a clone the program is its TypeScript source, which is never built, run by the Node that `npm ci` brought; in a
// package it is dist/. CommonJS, and syntax that an old Node knows: it must be able to say what is missing.
"use strict";
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const source = join(root, "src", "main.ts");
const built = join(root, "dist", "main.js");
const brought = join(root, "node_modules", "node", "bin", "node");

/** The first Node that runs TypeScript without a flag. */
const [major, minor] = process.versions.node.split(".").map(Number);
const runsSource = major > 22 || (major === 22 && minor >= 18);

if (!existsSync(source)) load(built);
else if (runsSource) load(source);
else if (existsSync(brought)) runBy(brought);
else {
  process.stderr.write(`labwright is a clone without its packages, and this is Node ${process.versions.node}: run \`npm ci\` in ${root}, which brings a newer Node.\n`);
  process.exitCode = 2;
}

function load(file) {
  process.argv[1] = file;
  import(require("node:url").pathToFileURL(file).href);
}

/** Signals of a terminal reach both processes; those that are sent to this one are handed on, and it ends as the other does. */
function runBy(node) {
  const child = spawn(node, [source, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  child.on("exit", (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
